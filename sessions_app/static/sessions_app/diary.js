/* Arrow keys go from booking to booking, and from one free place to the next, as they lie on the page. Without this they are
   links in their order. */
(() => {
  "use strict";
  const PLACES = ".diary-block, .diary-free";
  const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

  function nearest(from, blocks, [dx, dy]) {
    const here = from.getBoundingClientRect();
    let best = null, least = Infinity;
    for (const block of blocks) {
      const there = block.getBoundingClientRect();
      const x = there.left - here.left, y = there.top - here.top;
      const ahead = dx ? x * dx : y * dy, aside = Math.abs(dx ? y : x);
      const cost = ahead + 3 * aside;
      if (block !== from && ahead > 4 && cost < least) { best = block; least = cost; }
    }
    return best;
  }

  document.addEventListener("keydown", (event) => {
    const step = STEPS[event.key], from = event.target.closest(PLACES);
    if (!step || !from || event.altKey || event.ctrlKey || event.metaKey) return;
    const grid = from.closest("[data-diary]");
    const next = grid && nearest(from, grid.querySelectorAll(PLACES), step);
    if (next) { event.preventDefault(); next.focus(); }
  });
})();
