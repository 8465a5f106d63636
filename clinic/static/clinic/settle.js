// Says on every page of a device whether the server answers, what waits on this tablet, and what was not taken and wants a
// person. Words: templates/_components/waiting.html.
(() => {
  "use strict";
  const { clock, outbox } = window.vigil;
  const line = document.getElementById("line");
  const told = document.getElementById("waiting");
  if (!line) return;
  const part = (name, within = told) => within.querySelector(`[data-${name}]`);
  const template = (name) => document.getElementById("waiting-words").content.querySelector(`[data-words="${name}"]`).cloneNode(true);
  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  const CHECK = /\/(record-check|repeat-bp)\/$/;
  // "3 checks wait", where they are checks; else "3 entries".
  function count(name, items) {
    const kind = items.every((item) => CHECK.test(item.path.split("?")[0])) ? "check" : "entry";
    return template(`${name}-${kind}${items.length === 1 ? "" : "-many"}`).textContent.replace("#", items.length);
  }

  /* ---- whether anybody answers ---- */
  let items = [];
  function showLine() {
    const since = clock.offline();
    const waits = items.filter((item) => !item.held && (item.title || !told));
    part("since", line).hidden = !since;
    if (since) put(part("at", line), clock.text(since));
    // The server was too slow for this page, and answers others: a live one is renewed, and says it until then (what was
    // just saved may not be on it); a form stays as it is.
    const old = part("old", line), keptAt = document.documentElement.dataset.keptAt;
    old.hidden = Boolean(since || !keptAt);
    if (!old.hidden) put(old.querySelector("time"), clock.text(Date.parse(keptAt)));
    put(part("waits", line), waits.length ? count("waits", waits) : "");
    const again = Math.max(0, ...waits.map((item) => item.again || 0));
    part("again", line).hidden = Boolean(since || !again);
    if (again) put(part("again", line).querySelector("time"), clock.text(clock.now() + again - Date.now()));
    line.hidden = !since && old.hidden && !(waits.length && (late || again));
    makeRoom();
  }
  function makeRoom() {
    document.body.classList.toggle("has-banner", Boolean(document.querySelector(".stale:not([hidden])")));
  }
  // What is only just being sent needs no banner.
  let late = !told;
  setTimeout(() => { late = true; showLine(); }, 6000);
  for (const kind of ["offline", "online", "fresh"]) document.addEventListener(`vigil:${kind}`, showLine);
  showLine();
  if (!told) {
    if ("tablet" in line.dataset) outbox.waiting().then((found) => { items = found; showLine(); });
    return;
  }

  /* ---- what waits, and what was not taken; beside a form that fills the screen in one line ---- */
  part("held").querySelector("details").open = !document.body.classList.contains("page-check");
  async function show() {
    items = await outbox.waiting();
    showLine();
    const held = items.filter((item) => item.held || !item.title);
    const known = part("held");
    known.hidden = !held.length;
    if (held.length) put(part("title", known), count("held", held));
    makeRoom();
    part("list", known).replaceChildren(...held.map(row));
    const waits = items.filter((item) => !held.includes(item));
    part("all", line).hidden = !waits.length;
    part("list", line).replaceChildren(...waits.map(row));
  }
  function row(item) {
    const shown = template("row");
    put(part("title", shown), item.title || template("shut").textContent);
    put(part("place", shown), item.place || "");
    put(part("at", shown), clock.text(item.at));
    put(part("by", shown), item.by || "");
    part("typed-by", shown).hidden = !item.by;
    // Another person's reading is read where it may be: on its own page.
    if (item.held && item.mine) tell(shown, item);
    const open = part("open", shown);
    const discard = part("discard", shown);
    open.hidden = !item.held || !item.title;
    open.href = `${item.path}#waiting=${item.entry}`;
    discard.hidden = Boolean(item.title) && !(item.held && item.mine);
    discard.addEventListener("click", () => outboxDiscard(discard, item.entry, show));
    return shown;
  }
  function tell(shown, item) {
    const list = part("says", shown);
    list.replaceChildren(...item.says.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })));
    list.hidden = !item.says.length;
    for (const by of shown.querySelectorAll("[data-by]")) put(by, item.by || "");
    const other = part("other", shown);
    if (other) other.hidden = item.by === told.dataset.by;
  }
  // Confirmed in words, and only then gone.
  function outboxDiscard(button, entry, done) {
    const sure = template("sure");
    button.hidden = true;
    button.after(sure);
    part("yes", sure).addEventListener("click", () => outbox.forget(entry).then(done));
    part("no", sure).addEventListener("click", () => { sure.remove(); button.hidden = false; button.focus(); });
    part("no", sure).focus();
  }

  /* ---- said once ---- */
  const KEPT = "vigil-kept";
  function justKept(moment) { sessionStorage.setItem(KEPT, moment); }
  const kept = Number(sessionStorage.getItem(KEPT));
  if (kept) {
    sessionStorage.removeItem(KEPT);
    part("kept").hidden = false;
    put(part("at", part("kept")), clock.text(kept));
  }
  document.addEventListener("vigil:outbox", (event) => {
    const { saved } = event.detail;
    if (saved.length) {
      const box = part("sent");
      box.hidden = false;
      put(part("title", box), count("sent", saved).replace("@", saved.at(-1).at));
      part("list", box).replaceChildren(...saved.flatMap((each) => each.says).map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })));
    }
    show();
  });
  Object.assign(outbox, { tell, justKept, discard: outboxDiscard });
  show();
})();
