// This page and the worker that keeps pages (clinic/worker.js): the page hands it the key, and gives it again when the
// browser had stopped it; a page of nobody takes it away. What is touched is fetched ahead; what the floor may need is kept.
(() => {
  "use strict";
  const root = document.documentElement;
  const worker = navigator.serviceWorker;
  if (!worker) return;                                          // not over https
  const { keepKey, person, author } = root.dataset;
  const glass = "glass" in root.dataset;                        // nothing of it is kept, and each page fetched is written down
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  const held = { key: keepKey };                                // in memory alone; gone with the page
  let registered = null;                                        // in force from its first page on, which it does not control yet
  const to = () => worker.controller || registered?.active;
  const say = (said) => to()?.postMessage(said);
  const ask = (said) => new Promise((answer) => {
    if (!to()) { answer(null); return; }
    const line = new MessageChannel();
    line.port1.onmessage = (event) => answer(event.data);
    setTimeout(answer, 8000, null);
    to().postMessage(said, [line.port2]);
  });
  window.vigil = Object.assign(window.vigil || {}, {
    worker: { say, ask },
    keptPage: async (address) => ((await ask({ kind: "kept" })) || []).includes(new URL(address, location.href).pathname),
  });

  /* ---- a page of nobody: whoever was here is not any more. Half way through a sign-in, what they came in with stands. ---- */
  if (!keepKey) { say({ kind: "forget", half: location.pathname.startsWith("/accounts/2fa/") }); return; }

  const here = () => ({ key: held.key, person, author, token: token(), now: new Date(window.vigil.clock.now()).toISOString() });
  worker.addEventListener("message", (event) => {
    const said = event.data;
    if (said.kind === "who") event.ports[0].postMessage({ ...here(), verifier: held.verifier, tries: held.tries || 0, locked: root.classList.contains("is-locked") });
    else if (said.kind === "hold") Object.assign(held, { verifier: said.verifier, tries: said.tries });
    else if (said.kind === "forget") { held.key = held.verifier = null; root.removeAttribute("data-keep-key"); }
  });
  worker.register("/worker.js", { updateViaCache: "none" }).catch(() => {});
  worker.ready.then(async (found) => {
    registered = found;
    Object.assign(held, await ask(root.dataset.keptAt === undefined ? { kind: "here", ...here() } : { kind: "hold" }));
    if (author) warm();
  });

  /* ---- kept for when it is needed: this page, and on the floor the check of each chair under watch ---- */
  const seen = new Map();
  function warm() {
    if (document.hidden || root.dataset.keptAt !== undefined || glass) return;
    const wanted = [[location.pathname, 12 * 3600000]];
    for (const tile of document.querySelectorAll("[data-check]")) {
      const shows = tile.querySelector(".vitals")?.textContent;
      wanted.push([tile.dataset.check, seen.has(tile.dataset.check) && seen.get(tile.dataset.check) !== shows ? 0 : 120000]);
      seen.set(tile.dataset.check, shows);
    }
    say({ kind: "warm", wanted });
  }
  if (author) setInterval(warm, 20000);

  /* ---- what is touched is on its way before the finger leaves ---- */
  const link = (event) => event.target.closest?.("a[href]:not([target], [download])");
  const ahead = (anchor) => {
    if (anchor?.origin === location.origin && !anchor.hash && !glass) say({ kind: "ahead", address: anchor.pathname + anchor.search });
  };
  let rests;
  document.addEventListener("pointerdown", (event) => { if (event.button === 0) ahead(link(event)); }, { passive: true });
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      clearTimeout(rests);
      const anchor = link(event);
      if (anchor) rests = setTimeout(ahead, 80, anchor);
    }, { passive: true });
  }
})();
