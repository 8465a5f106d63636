// What could not be sent waits on this tablet, sealed, and is sent when the server answers again: in the order it was typed,
// as whoever typed it, each once (docs/decisions/0023). The server proves "once" by the entry's own number.
//   vigil.outbox.takes(form)          whether this form may wait here
//   vigil.outbox.send(form, button)   -> {go: address} saved; {kept: ms} it waits; {} the server has something to say: let
//                                     the browser send it; null it could not be kept
//   vigil.outbox.waiting()            -> [{entry, at, typedBy, by, title, place, path, held, again, mine, says}], in order
//   vigil.outbox.letter(entry)        -> what was typed, with why it is held; forget(entry)
//   on document: vigil:outbox         something came or went, in whichever tab; detail.saved: what was just taken
(() => {
  "use strict";
  const root = document.documentElement;
  const { keep, clock } = (window.vigil ||= {});
  const { author, person } = root.dataset;
  const AGAIN = 15000;                                   // and twice as long after each time, to at most
  const LONGEST = 300000;
  const TOKEN = "csrfmiddlewaretoken";
  const able = keep.able && Boolean(author);
  const words = document.getElementById("waiting");      // absent where nobody is signed in

  const tabs = window.BroadcastChannel ? new BroadcastChannel("vigil-outbox") : null;
  const say = (saved = []) => document.dispatchEvent(new CustomEvent("vigil:outbox", { detail: { saved } }));
  const changed = (saved) => { say(saved); tabs?.postMessage("changed"); };
  if (tabs) tabs.onmessage = () => say();

  const rows = (work, mode = "readwrite") => keep.rows("outbox", mode, work, "strict");
  const records = () => (window.indexedDB ? rows((store) => store.getAll(), "readonly").catch(() => []) : Promise.resolve([]));
  const parsed = async (sealed) => JSON.parse((await keep.open(sealed)) || "null");
  // Only what is still there is changed: meanwhile somebody may have discarded it.
  const change = (id, work) => rows((store) => {
    const asked = store.get(id);
    asked.onsuccess = () => { if (asked.result) work(store, asked.result); };
  });

  /* ---- a form is sent; without an answer it waits ---- */
  const takes = (form) => able && "offline" in form.dataset;

  async function send(form, button) {
    const stamp = clock.stamp();
    const body = new FormData(form, button);
    const to = new URL(form.getAttribute("action") || location.pathname + location.search, location.href);
    const silent = clock.offline();
    if (!silent || navigator.onLine) {
      const answer = await clock.ask(to, { method: "POST", body, headers: { "X-Requested-With": "form" } }, silent ? 2 : 8);
      if (answer && answer.status < 502) return answer.status === 204 ? { go: answer.headers.get("X-Go") } : {};
      if (answer) clock.reached();       // it cannot save: is anything to be had of it?
    }
    const letter = {
      entry: body.get("entry_id"), author, by: words.dataset.by, place: words.dataset.place, path: to.pathname + to.search, stamp,
      title: form.querySelector("h1, .step-title")?.textContent.trim(), timed: Boolean(body.get("occurred_time")),
      fields: Array.from(body).filter(([name, value]) => name !== TOKEN && typeof value === "string"),
    };
    try {
      const row = { entry: letter.entry, at: stamp.at, person, path: to.pathname, held: false, sealed: await keep.seal(JSON.stringify(letter)) };
      await rows((store) => {
        const known = store.index("entry").getKey(letter.entry);
        known.onsuccess = () => store.put(known.result ? { ...row, id: known.result } : row);
      });
    } catch {
      return null;             // full: the page itself still holds it
    }
    changed();
    return { kept: stamp.at };
  }

  /* ---- it is sent again ---- */
  async function hold(record, why) {
    const said = await keep.seal(JSON.stringify(why));
    await change(record.id, (store, row) => store.put({ ...row, held: true, said }));
  }
  // True: go on with the next; `saved` gets what was taken.
  async function deliver(record, saved) {
    const letter = await parsed(record.sealed);
    const token = document.querySelector(`[name=${TOKEN}]`)?.value;
    if (!letter) return true;
    if (!token) return false;
    const typed = clock.when(letter.stamp);
    const untimed = typed === null && !letter.timed;      // asked all the same: it may have arrived, unheard
    const body = new FormData();
    for (const [name, value] of [...letter.fields, [TOKEN, token]]) body.append(name, value);
    const at = new Date(Math.min(typed ?? letter.stamp.at, clock.now()));
    const headers = { "X-Requested-With": "outbox", "X-Outbox-Author": letter.author, "X-Outbox-Typed": at.toISOString() };
    if (untimed) headers["X-Outbox-Untimed"] = "yes";
    const answer = await clock.ask(letter.path, { method: "POST", body, headers }, 20);
    if (!answer) return false;
    const said = await answer.json().catch(() => ({}));
    if (answer.status === 200 && said.outcome === "saved") {
      await rows((store) => store.delete(record.id));
      saved.push({ ...said, title: letter.title, path: letter.path });
    } else if ([403, 409, 422].includes(answer.status) && said.says) {
      await hold(record, { says: said.says, untimed });
    } else if (answer.status === 413) {
      await hold(record, { says: [words.dataset.tooLong], untimed });
    } else if (answer.status === 429 || answer.status >= 500) {
      await tryLater(record, answer.status !== 500);
      return answer.status === 500;                      // a failure over this one; the others are sent
    }
    return ![401, 423].includes(answer.status);          // nobody is signed in here, or somebody writes just now: it waits
  }
  // `all`: the server takes none just now.
  const tryLater = (record, all) => change(record.id, (store, row) => {
    const tries = (row.tries || 0) + 1;
    store.put({ ...row, tries, all, again: Date.now() + Math.min(AGAIN * 2 ** (tries - 1), LONGEST) });
  });
  // By the device's own clock; one that was set back makes nothing wait longer.
  const isLater = ({ again }) => again > Date.now() && again <= Date.now() + LONGEST;
  async function deliverAll({ type } = {}) {
    if (!able || clock.offline()) return;
    await navigator.locks.request("vigil-outbox", { ifAvailable: true }, async (lock) => {
      const due = lock ? (await records()).filter((record) => !record.held) : [];
      // What the device's clock says now is compared with what it said then.
      const later = (record) => type !== "vigil:online" && isLater(record);
      if (due.every(later) || due.some((record) => record.all && later(record)) || !(await clock.reached())) return;
      const saved = [];
      for (const record of due) if (!later(record) && !(await deliver(record, saved))) break;
      changed(saved);
    });
  }
  if (able) {
    navigator.storage?.persist?.();
    document.addEventListener("DOMContentLoaded", deliverAll);
    document.addEventListener("vigil:online", deliverAll);
    setInterval(deliverAll, AGAIN);
  }

  /* ---- what waits ---- */
  async function waiting() {
    return Promise.all((await records()).map(async (record) => {
      const [letter, why] = await Promise.all([parsed(record.sealed), parsed(record.said)]);
      return {
        entry: record.entry, at: record.at, typedBy: record.person, by: letter?.by, title: letter?.title, place: letter?.place,
        path: letter?.path || record.path, held: record.held, again: isLater(record) && record.again, mine: record.person === person, says: why?.says || [],
      };
    }));
  }
  async function letter(entry) {
    const record = (await records()).find((each) => each.entry === entry);
    const opened = record && (await parsed(record.sealed));
    return opened && { ...opened, at: record.at, ...(await parsed(record.said)) };
  }
  async function forget(entry) {
    await rows((store) => {
      const asked = store.index("entry").getKey(entry);
      asked.onsuccess = () => { if (asked.result) store.delete(asked.result); };
    });
    changed();
  }

  window.vigil.outbox = { takes, send, waiting, letter, forget };
})();
