// The server's clock, carried on, and whether the server answers: the one place where every script of a page says what it
// heard and asks what time it is. The device's own clock is never read as a time of day.
//   vigil.clock.now()      ms; text(ms) as the wall shows it; offline() since when no answer came (ms), or null
//   vigil.clock.ask(url)   fetches and says here whether anybody answered; null where nobody did
//   on document: vigil:offline and vigil:online, each once, with detail {since}
(() => {
  "use strict";
  const root = document.documentElement;
  const vigil = (window.vigil ||= {});
  const HEARD = "vigil-heard";
  const HEALTH = "/healthz";
  const AGAIN = 10000;

  // What was heard last, by this device's clock: `server` at `wall`; and `since` when nothing is. It outlives the page.
  let last = {};
  try { last = JSON.parse(localStorage.getItem(HEARD)) || {}; } catch { /* storage may be switched off */ }
  const note = () => { try { localStorage.setItem(HEARD, JSON.stringify(last)); } catch { /* as above */ } };
  const tell = (name, since) => document.dispatchEvent(new CustomEvent(`vigil:${name}`, { detail: { since } }));

  const mark = (server, steady) => ({ server, steady, wall: Date.now() - (performance.now() - steady) });
  const steadyPassed = () => performance.now() - clock.steady;
  const wallPassed = () => Date.now() - clock.wall;
  const now = () => clock.server + steadyPassed();
  // A tablet that slept stops the one count, someone who sets its clock moves the other: then only the server knows.
  const lost = () => Math.abs(wallPassed() - steadyPassed()) > 3000;

  /* ---- a page that the tablet kept (data-kept, or one older than what was heard since) says an old time ---- */
  const arrival = performance.getEntriesByType("navigation")[0];
  const said = Date.parse(root.dataset.serverNow || "");
  const old = "kept" in root.dataset || Boolean(last.server && !(said >= last.server));
  let clock = mark(said, arrival ? arrival.responseStart : 0);
  if (old && last.server) clock = mark(last.server + Date.now() - last.wall, performance.now());

  function heard(iso, steady) {
    const server = Date.parse(iso || "");
    const since = last.since;
    if (!Number.isNaN(server)) {
      clock = mark(server, steady);
      last = { server, wall: clock.wall };
    }
    delete last.since;
    note();
    if (since) tell("online", since);
  }
  let leaving = false;             // what a page that is left was still asking for is no silence
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  function missed() {
    if (leaving) return;
    if (lost()) clock = { server: clock.server + Math.max(steadyPassed(), wallPassed()), steady: performance.now(), wall: Date.now() };
    if (last.since) return;
    last.since = now() || Date.now();
    note();
    tell("offline", last.since);
  }
  async function ask(url, options = {}, seconds = 8) {
    const asked = performance.now();
    try {
      const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(seconds * 1000), ...options });
      // Somebody before the server answers for it. Of the server itself only /healthz says that nothing can be asked of it.
      if (answer.status > 501 && (url === HEALTH || !answer.headers.has("X-Server-Now"))) throw new Error(String(answer.status));
      heard(answer.headers.get("X-Server-Now"), asked);
      return answer;
    } catch {
      missed();
      return null;
    }
  }
  const reached = (seconds) => ask(HEALTH, { headers: { "X-Requested-With": "refresh" } }, seconds).then(Boolean);

  if (!Number.isNaN(said) && !old) heard(root.dataset.serverNow, clock.steady);
  setInterval(() => { if (last.since) reached(); }, AGAIN);
  for (const kind of ["online", "offline"]) addEventListener(kind, () => reached());
  document.addEventListener("DOMContentLoaded", () => {
    if (last.since) tell("offline", last.since);
    if (old || last.since) reached();
  });

  /* ---- 9:05, as the clock on this page's wall shows it ---- */
  const here = root.dataset.serverNow;             // on a shared tablet with its facility's offset
  const two = (number) => String(number).padStart(2, "0");
  function text(at, iso) {
    const near = iso || document.querySelector("[data-now]")?.dataset.now || document.querySelector("[data-clock]")?.getAttribute("datetime") || here;
    const zone = /([+-])(\d\d):?(\d\d)$/.exec(near || "");
    const day = new Date(at + (zone ? (zone[1] + "1") * (zone[2] * 60 + +zone[3]) * 60000 : 0));
    return `${day.getUTCHours()}:${two(day.getUTCMinutes())}`;
  }

  vigil.clock = {
    now, lost, missed, ask, reached, text,
    offline: () => last.since || null,
    // A moment by the device's own clock, and by how much that was off when the server was heard last: enough to say
    // later when it was, if nobody set the clock meanwhile.
    stamp: () => ({ at: now(), wall: Date.now(), off: last.server - last.wall }),
    // When a stamped moment was; null where the device's clock was set meanwhile. Asked only right after an answer.
    when: (stamp) => (Math.abs(last.server - last.wall - stamp.off) < 30000 ? stamp.wall + stamp.off : null),
  };
})();
