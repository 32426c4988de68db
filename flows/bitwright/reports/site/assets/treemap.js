// The tree map of instances: the layout is computed when the site is made (treemap.py, squarify);
// this shows one instance at a time, as buttons, and what is in each.
(function () {
  "use strict";
  const ITSELF = -1, REST = -2;

  function start(map) {
    const data = JSON.parse(document.getElementById("map-data").textContent);
    const trail = document.getElementById("trail"), says = document.getElementById("map-says");
    const buttons = [...document.querySelectorAll("[data-resource]")];
    const columns = ["lut", "ff", "bram_18k", "uram", "dsp"];
    let resource = 0, shown = 0;

    const name = () => data.names[resource];
    const column = () => columns.indexOf(name());
    const boxes = (node) => data.boxes[name()][node] || {};
    const area = (node) => data.nodes[node].a[column()];
    const count = (value) => value.toLocaleString("en");
    const share = (value) => (100 * value / area(0)).toFixed(1) + " %";

    function labelled(child) {
      if (child === ITSELF) return {name: "itself", module: "cells in no instance below"};
      if (child === REST) return {name: "the smallest", module: "together"};
      const node = data.nodes[child];
      return {name: node.n, module: node.m === node.n ? "" : node.m};
    }
    function size(parent, child, rects) {
      if (child >= 0) return area(child);
      const named = rects.filter((r) => r[0] >= 0).reduce((sum, r) => sum + area(r[0]), 0);
      const all = data.nodes.reduce((sum, n) => sum + (n.p === parent ? n.a[column()] : 0), 0);
      return child === ITSELF ? area(parent) - all : all - named;
    }
    function place(element, rect) {
      const [, left, top, width, height] = rect;
      Object.assign(element.style, {
        left: left / 10 + "%", top: top / 10 + "%", width: width / 10 + "%", height: height / 10 + "%",
      });
    }
    function text(tag, value, parent) {
      const element = document.createElement(tag);
      element.textContent = value;
      parent.append(element);
      return element;
    }
    // What is in a tile, and in that, as far as there is room: pixels wide and high of the tile.
    function inside(box, child, wide, high, hue, depth) {
      const rects = child >= 0 ? boxes(child).in || boxes(child).out || [] : [];
      if (rects.length < 2 || wide < 70 || high < 64 || depth > 2) return;
      const inner = text("span", "", box);
      inner.className = "in";
      inner.setAttribute("aria-hidden", "true");
      rects.forEach((r, index) => {
        const cell = text("i", "", inner), w = r[3] * (wide - 6) / 1000, h = r[4] * (high - 27) / 1000;
        place(cell, r);
        cell.style.setProperty("--hue", String(r[0] < 0 ? hue : (hue + index * 47) % 360));
        if (w > 46 && h > 20) text("span", labelled(r[0]).name, cell).className = "tag";
        inside(cell, r[0], w, h, (hue + index * 47) % 360, depth + 1);
      });
    }
    function tile(rect, index, rects) {
      const child = rect[0], opens = child >= 0 && data.nodes.some((n) => n.p === child);
      const box = document.createElement(opens ? "button" : "span");
      const {name: label, module} = labelled(child), value = size(shown, child, rects);
      const line = `${label}${module ? ", " + module : ""}: ${count(value)} ${buttons[resource].textContent}, ${share(value)} of the design`;
      if (opens) {
        box.type = "button";
        box.addEventListener("click", () => show(child, true));
      } else {
        box.tabIndex = 0;
        box.setAttribute("role", "img");
      }
      box.className = "box";
      const hue = (255 + index * 137.5) % 360;
      box.style.setProperty("--hue", String(hue));
      if (child < 0) box.style.setProperty("--tile-c", "0.006");
      box.setAttribute("aria-label", line + (opens ? ". Look inside" : ""));
      for (const event of ["pointerenter", "focus"]) box.addEventListener(event, () => { says.textContent = line; });
      place(box, rect);
      if (rect[3] * map.clientWidth > 38e3 && rect[4] * map.clientHeight > 20e3) {
        const tag = text("span", "", box);
        tag.className = "tag";
        text("b", label, tag);
        text("span", count(value), tag);
      }
      inside(box, child, rect[3] * map.clientWidth / 1000, rect[4] * map.clientHeight / 1000, hue, 1);
      map.append(box);
    }
    function show(node, focus) {
      shown = node;
      map.textContent = "";
      const rects = boxes(node).out || [];
      rects.forEach((rect, index) => tile(rect, index, rects));
      trail.textContent = "";
      const way = [];
      for (let at = node; at >= 0; at = data.nodes[at].p) way.unshift(at);
      way.forEach((at, index) => {
        if (index) text("span", "›", trail).className = "soft";
        if (at === node) return text("span", data.nodes[at].n, trail).setAttribute("aria-current", "true");
        text("button", data.nodes[at].n, trail).addEventListener("click", () => show(at, true));
      });
      says.textContent = `${data.nodes[node].w || data.nodes[node].n}: ${count(area(node))} ${buttons[resource].textContent}, ${share(area(node))} of the design`;
      if (focus) (map.querySelector("button") || trail.querySelector("button") || map).focus();
    }
    buttons.forEach((button, index) => button.addEventListener("click", () => {
      resource = index;
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      show(boxes(shown).out ? shown : 0, false);
    }));
    map.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && data.nodes[shown].p >= 0) show(data.nodes[shown].p, true);
    });
    show(0, false);
    let width = map.clientWidth;
    addEventListener("resize", () => {
      if (map.clientWidth === width) return;
      width = map.clientWidth;
      show(shown, false);
    });
  }

  const map = document.getElementById("map");
  if (map) start(map);
})();
