// A page that no request of its own brought here, because a tablet had kept it or it was fetched ahead of a touch, is in no
// access log yet. It says so to the server: at once, or, sealed until then, when it answers again (docs/decisions/0030).
(() => {
  "use strict";
  const root = document.documentElement;
  const { keep, clock } = window.vigil;
  const { author } = root.dataset;
  const keeps = keep.able && Boolean(author);
  const place = /^\/dosing-sessions\/[0-9a-f-]{36}\//.exec(location.pathname)?.[0];
  const rows = (mode, work) => keep.rows("opened", mode, work).catch(() => undefined);

  // True: the server has it, or never will.
  async function say(letter) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]")?.value || "");
    const headers = { "X-Requested-With": "outbox" };
    if (letter.author) {
      const at = new Date(Math.min(clock.when(letter.stamp) ?? letter.stamp.at, clock.now()));
      Object.assign(headers, { "X-Outbox-Author": letter.author, "X-Outbox-Typed": at.toISOString() });
    }
    const answer = await clock.ask(`${letter.place}report-opened/`, { method: "POST", body, headers });
    return answer !== null && answer.status !== 401;
  }
  async function note() {
    const letter = { place, author, stamp: clock.stamp() };
    if (!clock.offline() && (await say(letter))) return;
    const sealed = keeps && (await keep.seal(JSON.stringify(letter)));
    if (sealed) await rows("readwrite", (store) => store.add({ sealed }));
  }
  async function deliverAll() {
    if (!keeps || clock.offline()) return;
    await navigator.locks.request("vigil-opened", { ifAvailable: true }, async (lock) => {
      for (const { id, sealed } of (lock && (await rows("readonly", (store) => store.getAll()))) || []) {
        const letter = JSON.parse((await keep.open(sealed)) || "null");
        if (letter && !(await say(letter))) return;
        await rows("readwrite", (store) => store.delete(id));
      }
    });
  }
  if (place && ("ahead" in root.dataset || root.dataset.keptAt !== undefined)) note();
  document.addEventListener("DOMContentLoaded", deliverAll);
  document.addEventListener("vigil:online", deliverAll);
})();
