// Where the curve is wider than the screen: it opens at its end, where the last reading is, and a refresh leaves it where
// it was scrolled to. For printing, the table is opened where the browser does not print what is folded.
(() => {
  "use strict";
  let from = null;      // px from the right end; null until somebody scrolls
  const chart = () => document.querySelector(".chart-wrap");
  function show() {
    const wrap = chart();
    if (!wrap) return;
    const now = wrap.querySelector(".c-now-tag");
    const room = wrap.scrollWidth - wrap.clientWidth;
    const last = now ? now.getBBox().x / 720 * wrap.scrollWidth - wrap.clientWidth * .7 : room;
    wrap.scrollLeft = from === null ? last : room - from;
    wrap.addEventListener("scroll", () => { from = room - wrap.scrollLeft; }, { passive: true });
  }
  show();
  new MutationObserver(show).observe(document.getElementById("main"), { childList: true });

  const folded = () => document.querySelectorAll(".readings-fold:not([open])");
  addEventListener("beforeprint", () => folded().forEach((table) => { table.open = true; table.dataset.opened = ""; }));
  addEventListener("afterprint", () => document.querySelectorAll(".readings-fold[data-opened]").forEach((table) => {
    table.open = false;
    delete table.dataset.opened;
  }));
})();
