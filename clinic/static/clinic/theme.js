// Light or dark as the page says (data-theme) or the device asks, before the first paint; paper is always light. Without script the pages are light.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { root.dataset.bsTheme = root.dataset.theme || (dark.matches ? "dark" : "light"); };
  root.classList.add("js");
  follow();
  dark.addEventListener("change", follow);
  addEventListener("beforeprint", () => { root.dataset.bsTheme = "light"; });
  addEventListener("afterprint", follow);
})();
