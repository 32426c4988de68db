// Light, dark or as the system has it; remembered, and set before the first paint.
(function () {
  "use strict";
  const KEY = "bitwright-theme", NAMES = {"": "automatic", light: "light", dark: "dark"};
  const root = document.documentElement;
  let theme = "";
  try { theme = localStorage.getItem(KEY) || ""; } catch (refused) { /* private window: not kept */ }

  function show() {
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
  }
  function tell() {
    const button = document.getElementById("theme");
    button.querySelector(".word").textContent = NAMES[theme];
    button.setAttribute("aria-label", "Colour theme: " + NAMES[theme] + ". Change");
    button.hidden = false;
    document.dispatchEvent(new Event("theme"));
  }
  if (!(theme in NAMES)) theme = "";
  show();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    document.dispatchEvent(new Event("theme"));
  });
  document.addEventListener("DOMContentLoaded", () => {
    tell();
    document.getElementById("theme").addEventListener("click", () => {
      const order = Object.keys(NAMES);
      theme = order[(order.indexOf(theme) + 1) % order.length];
      try { localStorage.setItem(KEY, theme); } catch (refused) { /* as above */ }
      show();
      tell();
    });
  });
})();
