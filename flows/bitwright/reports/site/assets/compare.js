// The compare page: two builds are chosen, each is a script of its own in data/, and the hash of
// the address keeps the choice: #a=ID&b=ID.
window.bitwright = window.bitwright || {};
(function () {
  "use strict";
  const builds = new Map(); // id -> what its script handed over
  bitwright.have = (build) => builds.set(build.id, build);

  function start() {
    const source = document.getElementById("compare-data");
    if (!source) return;
    const data = JSON.parse(source.textContent);
    const lists = {a: document.getElementById("a"), b: document.getElementById("b")};
    const says = document.getElementById("says"), facts = document.getElementById("facts");
    const result = document.getElementById("result");
    const known = new Set(data.choices.map((c) => c.id));
    const order = new Map(data.headlines.map((name, index) => [name, index]));
    const filters = {same: false, text: ""};

    function add(parent, tag, text, attributes) {
      const element = document.createElement(tag);
      if (text) element.textContent = text;
      for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
      parent.append(element);
      return element;
    }
    const fixed = (value, digits) => value.toLocaleString("en", {minimumFractionDigits: digits, maximumFractionDigits: digits});
    const sign = (text, value) => (value > 0 ? "+" : value < 0 ? "−" : "±") + text;

    function load(id) {
      if (builds.has(id)) return Promise.resolve(builds.get(id));
      return new Promise((done, failed) => {
        const script = add(document.head, "script", "", {src: "data/" + encodeURIComponent(id) + ".js"});
        script.addEventListener("load", () => done(builds.get(id)));
        script.addEventListener("error", () => failed(new Error("data/" + id + ".js is missing")));
      });
    }
    const base = (name) => name.slice(name.lastIndexOf(".") + 1);
    const measure = (name) => data.measures[base(name)] || {label: name, unit: name.endsWith("_s") ? "s" : "", digits: name.endsWith("_s") ? 1 : 0, better: name.endsWith("_s") ? "lower" : ""};
    function label(name) {
      const found = measure(name), own = name.slice(0, -base(name).length).replace(/\.$/, "");
      return own ? [own.replace(/^(clock|instance|step)\./, ""), found.label] : ["", found.label];
    }
    // As ./doit diff has it: builds of two configs, targets or clocks are shown, not judged.
    const differing = (a, b) => [["configs", a.pair[0], b.pair[0]], ["targets", a.pair[1], b.pair[1]], ["clocks asked for", a.asked_mhz, b.asked_mhz]]
      .filter(([, one, two]) => one && two && one !== two);
    const comparable = (a, b) => !differing(a, b).length;
    // The period that a slack is of, in ns: its clock's; that of the clock asked for where no one clock has it.
    function period(name, a, b) {
      const periods = {...a.periods, ...b.periods};
      const own = name.startsWith("clock.") ? name.slice(6, name.lastIndexOf("."))
        : Object.keys(periods).find((clock) => [a, b].some((x) => name in x.values && x.values[`clock.${clock}.${base(name)}`] === x.values[name]));
      return periods[own] || (b.asked_mhz ? 1000 / b.asked_mhz : 0);
    }
    // What two numbers say: the word of the project's own comparison where it has judged the pair.
    function verdict(name, before, after, a, b) {
      const judged = comparable(a, b) && b.verdicts && b.verdicts[a.id];
      if (judged && judged[name]) return judged[name];
      if (before === undefined) return "new";
      if (after === undefined) return "gone";
      const digits = measure(name).digits;
      if (fixed(before, digits) === fixed(after, digits)) return "same";
      if (COSTS.includes(base(name))) return "changed"; // the machine's doing as much as the design's
      if (judged && kindOf(name) === "instance") return "changed"; // nobody knows how far it goes by chance
      const better = comparable(a, b) && measure(name).better;
      if (!better) return "changed";
      return (after > before) === (better === "higher") ? "better" : "worse";
    }
    const COSTS = ["wall_s", "peak_rss_mib"];
    const kindOf = (name) => (COSTS.includes(base(name)) ? "cost" : order.has(name) || name.startsWith("clock.") ? "design" : "instance");
    function rowsOf(a, b) {
      // One row a fact: the slowest clock is the design's own, a clock's slack says what its
      // frequency says.
      const has = (name) => name in a.values || name in b.values;
      const twice = (name) => name.startsWith("clock.") && (base(name) === "wns_ns" ? has(name.replace(/wns_ns$/, "achieved_mhz"))
        : [a, b].every((x) => x.values[name] === x.values[base(name)]));
      const names = [...new Set([...Object.keys(a.values), ...Object.keys(b.values)])].filter((name) => !twice(name));
      return names.map((name) => {
        const before = a.values[name], after = b.values[name], both = before !== undefined && after !== undefined;
        const change = both ? after - before : (after || 0) - (before || 0);
        // A slack is a share of the period, or a slack of almost nothing would change by the most.
        const of = base(name).endsWith("s_ns") ? period(name, a, b) : 0, whole = of || Math.abs(before);
        const percent = both && whole ? 100 * change / whole : change ? 100 * Math.sign(change) : 0;
        // What matters of an instance is its share of the design, not of itself.
        const all = kindOf(name) === "instance" && Math.max(a.values[base(name)] || 0, b.values[base(name)] || 0);
        const size = all ? 100 * change / all : percent;
        const row = {name, before, after, change, percent, period: of, size, kind: kindOf(name), verdict: verdict(name, before, after, a, b)};
        return {...row, note: (b.notes && b.notes[a.id] || {})[name]};
      }).sort((x, y) => Math.abs(y.size) - Math.abs(x.size) || (x.name < y.name ? -1 : 1));
    }
    function line(table, row, most) {
      const tr = add(table, "tr"), digits = measure(row.name).digits, unit = measure(row.name).unit;
      const [own, what] = label(row.name), head = add(tr, "th", "", {scope: "row"});
      if (own) add(head, "code", own);
      add(head, "span", (own ? " " : "") + what + (unit ? ", " + unit : ""), own ? {class: "soft"} : {});
      for (const value of [row.before, row.after]) add(tr, "td", value === undefined ? "–" : fixed(value, digits), {class: "num"});
      const both = row.before !== undefined && row.after !== undefined;
      add(tr, "td", both ? (row.change ? sign(fixed(Math.abs(row.change), digits), row.change) : "0") : "–", {class: "num"});
      const slack = row.period ? ` of ${+row.period.toFixed(3)} ns` : "";
      add(tr, "td", both && row.percent ? sign(fixed(Math.abs(row.percent), 1) + " %" + slack, row.percent) : "–", {class: "num"});
      const marks = {better: "▲ ", gain: "▲ ", worse: "▼ ", regression: "▼ "};
      add(tr, "td", (marks[row.verdict] || "") + row.verdict, {class: "change " + row.verdict, ...(row.note ? {title: row.note} : {})});
      const swing = add(add(tr, "td", "", {class: "bar-cell", "aria-hidden": "true"}), "span", "", {class: "swing"});
      const width = Math.max(row.change ? 0.6 : 0, 50 * Math.min(1, Math.abs(row.size) / (most || 1)));
      add(swing, "span", "", {class: row.verdict, style: `width:${width}%;left:${row.size < 0 ? 50 - width : 50}%`});
    }
    function table(title, id, rows) {
      add(result, "h2", title, {id});
      const card = add(result, "div", "", {class: "card flush scroll" + (rows.length > 40 ? " tall" : ""), tabindex: "0", role: "region", "aria-label": title});
      if (!rows.length) return add(card, "p", "Nothing changed.", {style: "margin:12px 0"});
      const made = add(card, "table", "", {class: "slim diff"}), head = add(add(made, "thead"), "tr");
      for (const [text, kind] of [["Measure", ""], ["From", "num"], ["To", "num"], ["Change", "num"], ["In percent", "num"], ["Verdict", ""]]) add(head, "th", text, {scope: "col", class: kind});
      add(head, "th", "", {"aria-hidden": "true"});
      const body = add(made, "tbody"), most = Math.max(...rows.map((r) => Math.abs(r.size)));
      for (const row of rows) line(body, row, Math.min(most, 100));
    }
    function about(a, b) {
      facts.textContent = "";
      const card = add(facts, "div", "", {class: "card flush scroll", tabindex: "0", role: "region", "aria-label": "The two builds"});
      const made = add(card, "table", "", {class: "slim"}), head = add(add(made, "thead"), "tr"), body = add(made, "tbody");
      for (const text of ["", "From", "To"]) add(head, "th", text, {scope: "col"});
      const row = (name, of) => {
        const tr = add(body, "tr");
        add(tr, "th", name, {scope: "row"});
        for (const build of [a, b]) of(add(tr, "td"), build);
      };
      row("Build", (td, build) => (build.id.startsWith("baseline~") ? add(td, "span", build.title) : build.page ? add(td, "a", build.name, {href: build.page}) : add(td, "span", build.name)));
      row("Commit", (td, build) => add(td, "code", build.commit.slice(0, 12) || "unknown"));
      row("USERCODE", (td, build) => add(td, "code", build.usercode || "–"));
      row("Clock asked", (td, build) => add(td, "span", build.asked_mhz === null ? "–" : fixed(build.asked_mhz, 1) + " MHz"));
      const names = new Set([...Object.keys(a.tools), ...Object.keys(b.tools)]);
      const both = [a, b].every((build) => Object.keys(build.tools).length); // a baseline has none
      for (const tool of [...names].sort()) if (both && a.tools[tool] !== b.tools[tool]) row(tool, (td, build) => add(td, "code", build.tools[tool] || "–"));
    }
    function show(a, b) {
      about(a, b);
      const rows = rowsOf(a, b), of = (kind) => rows.filter((r) => r.kind === kind), heads = of("design");
      const count = (...words) => heads.filter((r) => words.includes(r.verdict)).length;
      says.textContent = a.id === b.id ? "This is one and the same build."
        : comparable(a, b) ? `Of ${heads.length} measures of the design, ${count("better", "gain")} are better, ${count("worse", "regression")} worse, ${count("noise")} within noise, ${count("same")} the same.`
        : `Different ${differing(a, b).map(([what, one, two]) => `${what}, ${one} and ${two}`).join("; ")}: shown, not judged. Of ${heads.length} measures of the design, ${heads.length - count("same")} differ.`;
      const draw = () => {
        result.textContent = "";
        const seen = (r) => filters.same || r.verdict !== "same", text = filters.text.toLowerCase();
        table("The design", "design", heads.filter(seen));
        table("Instances", "instances", of("instance").filter((r) => seen(r) && r.name.toLowerCase().includes(text)));
        const costs = of("cost").filter((r) => r.before !== undefined && r.after !== undefined);
        if (costs.length) table("What building took", "cost", costs.filter(seen));
      };
      filtersOf(draw);
      draw();
    }
    function filtersOf(draw) {
      let bar = document.getElementById("filters");
      if (bar) bar.remove();
      bar = add(facts, "div", "", {class: "filters", id: "filters", style: "margin-top:18px"});
      const same = add(add(bar, "label"), "input", "", {type: "checkbox"});
      same.checked = filters.same;
      same.after("also what is the same");
      const text = add(add(bar, "label", "Instances with "), "input", "", {type: "search", "aria-label": "Instances with this in their name"});
      text.value = filters.text;
      same.addEventListener("change", () => { filters.same = same.checked; draw(); });
      text.addEventListener("input", () => { filters.text = text.value; draw(); });
    }
    async function chosen() {
      const [a, b] = [lists.a.value, lists.b.value];
      try {
        const [one, other] = await Promise.all([load(a), load(b)]);
        if (a === lists.a.value && b === lists.b.value) show(one, other);
      } catch (error) {
        says.textContent = error.message;
      }
    }
    function keep() { history.replaceState(null, "", `#a=${encodeURIComponent(lists.a.value)}&b=${encodeURIComponent(lists.b.value)}`); chosen(); }
    // Without a choice: the newest build of the first list, against its baseline or the one before.
    function fromHash() {
      const asked = new URLSearchParams(location.hash.slice(1));
      const of = (name) => data.choices.filter((c) => c.group === name);
      const first = data.choices.find((c) => of(c.group).length > 1) || data.choices[0], group = of(first.group);
      const accepted = group.find((c) => c.id.startsWith("baseline~")), made = group.filter((c) => c !== accepted);
      lists.b.value = known.has(asked.get("b")) ? asked.get("b") : made[0].id;
      lists.a.value = known.has(asked.get("a")) ? asked.get("a") : (accepted || made[1] || data.choices.at(-1)).id;
      chosen();
    }
    for (const list of Object.values(lists)) list.addEventListener("change", keep);
    document.getElementById("swap").addEventListener("click", () => { [lists.a.value, lists.b.value] = [lists.b.value, lists.a.value]; keep(); });
    document.getElementById("controls").addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", fromHash);
    fromHash();
  }
  document.addEventListener("DOMContentLoaded", start);
})();
