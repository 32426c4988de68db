// The charts, drawn by Bokeh from the data that stands in the page; drawn anew when the theme
// changes. A chart is a div with data-chart; what it shows also stands in a table beside it.
window.bitwright = window.bitwright || {};
(function () {
  "use strict";
  const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
  const probe = document.createElement("span");
  const shown = new Map(); // element -> its view, to be removed before it is drawn again

  const pen = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const colours = new Map(); // of the theme that is shown

  // A colour of the palette, or any of CSS, as the canvas and Bokeh know it: #rrggbb.
  function colour(value) {
    if (!colours.has(value)) {
      probe.style.color = value.startsWith("--") ? `var(${value})` : value;
      pen.fillStyle = getComputedStyle(probe).color;
      pen.fillRect(0, 0, 1, 1);
      const bytes = [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
      colours.set(value, "#" + bytes.map((c) => c.toString(16).padStart(2, "0")).join(""));
    }
    return colours.get(value);
  }

  function figure(height, options) {
    const soft = colour("--soft"), line = colour("--line");
    const plot = Bokeh.Plotting.figure({
      height, sizing_mode: "stretch_width", toolbar_location: null, tools: [],
      background_fill_alpha: 0, border_fill_alpha: 0, outline_line_color: null,
      min_border_left: 0, min_border_right: 12, min_border_top: 6, min_border_bottom: 0, ...options,
    });
    for (const axis of plot.axes) {
      Object.assign(axis, {
        axis_line_color: line, major_tick_line_color: null, minor_tick_line_color: null,
        major_label_text_color: soft, major_label_text_font: FONT, major_label_text_font_size: "12px",
        axis_label_text_color: soft, axis_label_text_font: FONT, axis_label_text_font_size: "12px",
        axis_label_text_font_style: "normal",
      });
    }
    for (const grid of plot.ygrids) grid.grid_line_color = line;
    for (const grid of plot.xgrids) grid.grid_line_color = null;
    return plot;
  }
  // A hover text in the look of the page; what stands in @{...} is escaped by Bokeh.
  function hover(plot, renderers, lines, options) {
    const [first, ...rest] = lines;
    const body = [`<b>${first}</b>`, ...rest.map((l) => `<span style="color:var(--soft)">${l}</span>`)];
    plot.add_tools(new Bokeh.HoverTool({
      renderers, ...options,
      tooltips: `<div class="tip" style="margin:-5px;padding:8px 12px;background:var(--card);color:var(--ink);font:13px/1.5 ${FONT.replaceAll('"', "'")};display:flex;flex-direction:column;max-width:320px">${body.join("")}</div>`,
    }));
  }
  const fixed = (value, digits) => value.toLocaleString("en", {minimumFractionDigits: digits, maximumFractionDigits: digits});

  function median(values) {
    const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
  // One measure over commits: {series, measures} as trends_data has them.
  function trend(element, {series, measures}, name, newest) {
    const measure = measures[name];
    const all = series.builds.filter((b) => name in b.v);
    if (!all.length) return null;
    const from = newest ? Math.max(0, Math.max(...all.map((b) => b.at)) - newest + 1) : 0;
    const builds = all.filter((b) => b.at >= from);
    const places = new Map();
    for (const build of builds) places.set(build.at, [...(places.get(build.at) || []), build]);
    const at = [...places.keys()].sort((a, b) => a - b);
    const index = new Map(at.map((place, i) => [place, i]));
    const plot = figure(element.clientHeight, {x_range: new Bokeh.Range1d({start: -0.5, end: Math.max(at.length - 0.5, 0.5)})});
    const good = colour("--logic"), bad = colour("--bad"), card = colour("--card");
    if (name === "achieved_mhz" && series.asked_mhz) {
      plot.line([-0.5, at.length], [series.asked_mhz, series.asked_mhz], {line_color: colour("--edge"), line_dash: [5, 4], line_width: 1.2});
    }
    if (at.length > 1) {
      plot.line(at.map((_, i) => i), at.map((p) => median(places.get(p).map((b) => b.v[name]))), {line_color: good, line_width: 1.8});
    }
    const source = new Bokeh.ColumnDataSource({data: {
      x: builds.map((b) => index.get(b.at)), y: builds.map((b) => b.v[name]),
      value: builds.map((b) => fixed(b.v[name], measure.digits) + (measure.unit ? " " + measure.unit : "")),
      commit: builds.map((b) => b.commit || "commit unknown"), ended: builds.map((b) => b.ended.replace("T", " ").slice(0, 16) || "time unknown"),
      verdict: builds.map((b) => (b.ok === null ? "not judged" : b.ok ? "limits met" : "limits missed")),
      what: builds.map((b) => b.what || " "), fill: builds.map((b) => (b.ok === false ? bad : good)),
      mark: builds.map((b) => (b.ok === false ? "x" : "circle")),
    }});
    const points = plot.scatter({field: "x"}, {field: "y"}, {
      source, size: builds.length > 150 ? 5 : 7, marker: {field: "mark"}, fill_color: {field: "fill"},
      line_color: {field: "fill"}, line_width: 1.5,
    });
    hover(plot, [points], [`@value ${measure.label}`, "@commit", "@ended UTC", "@verdict", "@what"], {point_policy: "snap_to_data"});
    plot.yaxes[0].formatter = new Bokeh.NumeralTickFormatter({format: "0,0.[000]"});
    plot.yaxes[0].ticker.desired_num_ticks = 4;
    plot.yaxes[0].ticker.num_minor_ticks = 0;
    const values = builds.map((b) => b.v[name]).concat(name === "achieved_mhz" && series.asked_mhz ? [series.asked_mhz] : []);
    const low = Math.min(...values), high = Math.max(...values), room = (high - low) * 0.12 || Math.abs(high) * 0.05 || 1;
    plot.y_range = new Bokeh.Range1d({start: low - room, end: high + room});
    const step = Math.max(1, Math.ceil(at.length / Math.max(2, Math.floor(element.clientWidth / 96))));
    const ticks = at.map((_, i) => i).filter((i) => (at.length - 1 - i) % step === 0);
    plot.xaxes[0].ticker = new Bokeh.FixedTicker({ticks});
    plot.xaxes[0].major_label_overrides = new Map(ticks.map((i) => [i, (places.get(at[i])[0].commit || "unknown").slice(0, 7)]));
    return plot;
  }

  function steps(element, rows) {
    const names = rows.map((r) => r.name).reverse();
    const plot = figure(element.clientHeight, {y_range: new Bokeh.FactorRange({factors: names})});
    const end = Math.max(...rows.map((r) => r.start_s + r.wall_s)) || 1;
    const minutes = end > 180, unit = minutes ? 60 : 1;
    plot.x_range = new Bokeh.Range1d({start: 0, end: 1.14 * end / unit});
    const source = new Bokeh.ColumnDataSource({data: {
      name: rows.map((r) => r.name), left: rows.map((r) => r.start_s / unit), right: rows.map((r) => (r.start_s + r.wall_s) / unit),
      wall: rows.map((r) => fixed(r.wall_s, 1) + " s"), memory: rows.map((r) => (r.peak_rss_mib === null ? "memory unknown" : fixed(r.peak_rss_mib, 0) + " MiB at its peak")),
      run: rows.map((r) => (r.cached ? "from the cache" : "run")), begin: rows.map((r) => "starts at " + fixed(r.start_s, 1) + " s"),
      hatch: rows.map((r) => (r.cached ? "/" : " ")), label: rows.map((r) => fixed(r.wall_s, 1) + " s" + (r.cached ? " (cache)" : "")),
    }});
    const bars = plot.hbar({field: "name"}, 0.62, {field: "right"}, {field: "left"}, {
      source, fill_color: colour("--logic"), line_color: colour("--logic"), hatch_pattern: {field: "hatch"}, hatch_color: colour("--card"), hatch_alpha: 0.7, hatch_scale: 7,
    });
    plot.text({field: "right"}, {field: "name"}, {field: "label"}, {
      source, x_offset: 7, text_baseline: "middle", text_font: FONT, text_font_size: "12px", text_color: colour("--soft"),
    });
    hover(plot, [bars], ["@name: @wall", "@memory", "@begin", "@run"]);
    plot.ygrids[0].grid_line_color = null;
    plot.xgrids[0].grid_line_color = colour("--line");
    plot.xaxes[0].axis_label = minutes ? "minutes" : "seconds";
    plot.yaxes[0].axis_line_color = null;
    plot.yaxes[0].major_label_text_font_size = "13px";
    return plot;
  }

  function parts(element, data) {
    const plot = figure(element.clientHeight, {
      y_range: new Bokeh.FactorRange({factors: [...data.labels].reverse()}), x_range: new Bokeh.Range1d({start: 0, end: 100}),
    });
    const totals = data.names.map((_, i) => data.parts.reduce((sum, part) => sum + part.counts[i], 0));
    const rows = {y: [], left: [], right: [], fill: [], part: [], value: []};
    data.labels.forEach((label, i) => {
      let left = 0;
      for (const part of data.parts) {
        const share = totals[i] ? 100 * part.counts[i] / totals[i] : 0;
        if (!share) continue;
        rows.y.push(label);
        rows.left.push(left);
        rows.right.push(left + share);
        rows.fill.push(part.colour); // as in the floorplan and in the key above
        rows.part.push(part.name);
        rows.value.push(`${fixed(part.counts[i], 0)} ${label}, ${fixed(share, 1)} % of the design's own`);
        left += share;
      }
    });
    const source = new Bokeh.ColumnDataSource({data: rows});
    const bars = plot.hbar({field: "y"}, 0.66, {field: "right"}, {field: "left"}, {source, fill_color: {field: "fill"}, line_color: colour("--edge"), line_width: 1});
    hover(plot, [bars], ["@part", "@value"]);
    plot.ygrids[0].grid_line_color = null;
    plot.xaxes[0].formatter = new Bokeh.NumeralTickFormatter({format: "0"});
    plot.xaxes[0].axis_label = "percent of what the design uses";
    plot.yaxes[0].axis_line_color = null;
    plot.yaxes[0].major_label_text_font_size = "13px";
    return plot;
  }

  const kinds = {
    trend: (element, data) => trend(element, data, element.id.slice(6), 0), steps, parts,
  };
  bitwright.trend = trend;
  bitwright.median = median;

  // Draw into an element what make() returns, in place of what is there; one after the other, so
  // that the page answers meanwhile.
  let turn = Promise.resolve();
  bitwright.draw = function (element, make) {
    turn = turn.then(() => new Promise((next) => setTimeout(next))).then(() => draw(element, make));
    return turn;
  };
  async function draw(element, make) {
    const earlier = shown.get(element), there = [...element.children];
    const plot = element.isConnected && make();
    if (!plot) return;
    const view = await Bokeh.Plotting.show(plot, element);
    if (earlier) earlier.remove();
    for (const child of there) child.remove();
    shown.set(element, view);
    performance.mark("drawn"); // for whoever measures
    element.dataset.drawn = String(Number(element.dataset.drawn || 0) + 1);
  }
  function all() {
    for (const element of document.querySelectorAll("[data-chart]")) {
      const data = document.getElementById(element.id.split("-")[0] + "-data");
      bitwright.draw(element, () => kinds[element.dataset.chart](element, JSON.parse(data.textContent)));
    }
  }
  document.addEventListener("DOMContentLoaded", () => {
    Bokeh.set_log_level("warn");
    probe.hidden = true;
    document.body.append(probe);
    all();
    document.addEventListener("theme", () => {
      colours.clear();
      all();
    });
  });
})();
