// The page of a device that cannot show anything now: how much waits on it, and on again by itself.
(() => {
  "use strict";
  if ("known" in document.documentElement.dataset) {
    for (const element of document.querySelectorAll("[data-somebody], [data-nobody]")) element.hidden = "nobody" in element.dataset;
  }
  vigil.keep.rows("outbox", "readonly", (outbox) => outbox.count()).then((count) => {
    if (!count) return;
    const line = document.querySelector(`[data-waits="${count === 1 ? 1 : "n"}"]`);
    line.querySelector("[data-count]").textContent = count;
    line.hidden = false;
  }, () => {});
  setInterval(async () => { if (await vigil.clock.reached()) location.reload(); }, 5000);
})();
