// Light or dark before the first paint: as the page says (data-theme), as somebody chose on this device, or as the device asks.
// Paper is always light. Without script the pages are light.
(() => {
  "use strict";
  const KEY = "vigil.theme";         // 'light', 'dark', or nothing: as the device
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem(KEY) || ""; } catch { return chosen; } };
  let chosen = "";                   // where storage is switched off, for as long as the page stands
  const follow = () => {
    root.dataset.bsTheme = root.dataset.theme || stored() || (dark.matches ? "dark" : "light");
    const paper = root.dataset.bsTheme === "dark" ? "#131e24" : "#ffffff";
    for (const edge of document.querySelectorAll("meta[name=theme-color]")) edge.content = paper;
    for (const turn of document.querySelectorAll("[data-theme-turn]")) turn.setAttribute("aria-pressed", String(root.dataset.bsTheme === "dark"));
    for (const choice of document.querySelectorAll("[data-theme-choice]")) choice.setAttribute("aria-pressed", String(choice.dataset.themeChoice === stored()));
  };
  const choose = (theme) => {
    chosen = theme;
    try { localStorage.setItem(KEY, theme); } catch { /* storage may be switched off */ }
    follow();
  };
  root.classList.add("js");
  follow();
  dark.addEventListener("change", follow);
  document.addEventListener("DOMContentLoaded", follow);
  addEventListener("storage", (event) => { if (event.key === KEY) follow(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-turn], [data-theme-choice]");
    if (button) choose(button.dataset.themeChoice ?? (root.dataset.bsTheme === "dark" ? "light" : "dark"));
  });
  addEventListener("beforeprint", () => { root.dataset.bsTheme = "light"; });
  addEventListener("afterprint", follow);
})();
