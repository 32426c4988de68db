// The trends page: a chart for each measure of one config and target, and the same as a table.
(function () {
  "use strict";
  function start() {
    const source = document.getElementById("trends-data");
    if (!source) return;
    const data = JSON.parse(source.textContent);
    const which = document.getElementById("which"), span = document.getElementById("span");
    const charts = document.getElementById("charts"), table = document.getElementById("table");
    const fixed = (value, digits) => value.toLocaleString("en", {minimumFractionDigits: digits, maximumFractionDigits: digits});

    function add(parent, tag, text, attributes) {
      const element = document.createElement(tag);
      if (text) element.textContent = text;
      for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
      parent.append(element);
      return element;
    }
    function show() {
      const series = data.all[which.value], newest = Number(span.value);
      const cards = document.createDocumentFragment(), drawn = [];
      for (const name of series.names) {
        const measure = data.measures[name], having = series.builds.filter((b) => name in b.v);
        const at = having.at(-1).at, values = having.filter((b) => b.at === at).map((b) => b.v[name]);
        const whose = values.length > 1 ? `median of the newest commit's ${values.length} builds` : "in the newest build";
        const card = add(cards, "section", "", {class: "card", "aria-label": measure.label});
        const head = add(card, "h2", measure.label[0].toUpperCase() + measure.label.slice(1));
        add(head, "span", `${fixed(bitwright.median(values), measure.digits)} ${measure.unit}`.trim() + ", " + whose);
        const chart = add(card, "div", "", {class: "chart", role: "img", "aria-label": `${measure.label} over commits; the table below has the numbers`, style: "height:200px", id: "chart-" + name});
        drawn.push(() => bitwright.draw(chart, () => bitwright.trend(chart, {series, measures: data.measures}, name, newest)));
      }
      charts.replaceChildren(cards);
      for (const draw of drawn) draw();
      rows(series, newest);
    }
    function rows(series, newest) {
      const [head, body] = [table.tHead, table.tBodies[0]];
      head.textContent = body.textContent = "";
      const tr = add(head, "tr");
      for (const title of ["Built, UTC", "Commit", "Which", "Verdict"]) add(tr, "th", title, {scope: "col"});
      for (const name of series.names) {
        const {label, unit} = data.measures[name];
        add(tr, "th", label + (unit ? ", " + unit : ""), {scope: "col", class: "num"});
      }
      const from = newest ? Math.max(...series.builds.map((b) => b.at)) - newest + 1 : 0;
      for (const build of series.builds.filter((b) => b.at >= from).reverse()) {
        const row = add(body, "tr"), when = build.ended.replace("T", " ").slice(0, 16) || "time unknown";
        const first = add(row, "td", "", {class: "when"});
        if (build.page) add(first, "a", when, {href: build.page}); else first.textContent = when;
        add(add(row, "td"), "code", build.commit || "unknown");
        add(row, "td", build.what || "–", {class: "soft when"});
        const verdict = build.ok === null ? "not judged" : build.ok ? "met" : "missed";
        add(row, "td", verdict, {class: {met: "good-ink", missed: "bad-ink"}[verdict] || "soft"});
        for (const name of series.names) add(row, "td", name in build.v ? fixed(build.v[name], data.measures[name].digits) : "–", {class: "num"});
      }
    }
    function fromHash() {
      const index = data.all.findIndex((one) => "#" + one.id === location.hash);
      if (index >= 0) which.value = String(index);
      show();
    }
    which.addEventListener("change", () => { location.replace("#" + data.all[which.value].id); });
    span.addEventListener("change", show);
    document.getElementById("controls").addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", fromHash);
    document.addEventListener("theme", show);
    fromHash();
  }
  document.addEventListener("DOMContentLoaded", start);
})();
