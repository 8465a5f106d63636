// The floor and a session while no server answers: the checks still to come are counted from the times that the page was
// given (data-plan), and what waits in the outbox answers them. What becomes due is an alarm like the server's: alarms.js
// says and sounds it. It counts and decides nothing; what a check is good for is judged when it arrives.
(() => {
  "use strict";
  const words = document.getElementById("offline-words");
  if (!words || !window.vigil?.clock) return;
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const at = (iso) => Date.parse(iso);
  let waits = [];                        // of the outbox, the oldest first

  const CHECK = /\/(record-check|repeat-bp)\/$/;
  const stageOf = (point, now) => (now < at(point.at) ? "coming" : now < at(point.late_at) ? "due" : "late");

  function look() {
    if (!vigil.clock.offline()) return;
    const now = vigil.clock.now();
    for (const chair of all("[data-plan]")) {
      const check = chair.dataset.check || `${location.pathname}record-check/`;
      const own = waits.filter((entry) => entry.path.startsWith(check.replace(/record-check\/$/, "")));
      const plan = JSON.parse(chair.dataset.plan);
      const answered = (point) => own.some((entry) => entry.at >= at(point.opens) && (!point.closes || entry.at < at(point.closes) + 60000)
        && (entry.path === check || (!point.full && entry.path.endsWith("/repeat-bp/"))));
      const open = plan.filter((point) => !answered(point));
      for (const point of plan) alarms(chair, check, point, open.includes(point) ? stageOf(point, now) : "charted");
      const next = open.find((point) => !point.closes || now < at(point.closes) + 60000) || open[0];
      if (chair.matches(".tile")) tile(chair, own, next, next && stageOf(next, now));
    }
  }

  /* ---- a tile ---- */
  function tile(chair, own, next, stage) {
    const line = chair.querySelector(".tile-waits") || words.content.querySelector(".tile-waits").cloneNode(true);
    if (own.length) {
      const kind = own.every((entry) => CHECK.test(entry.path)) ? "check" : "entry";
      const said = words.dataset[`${kind}${own.length === 1 ? "One" : "Many"}`];
      const first = vigil.clock.text(own[0].at);
      line.querySelector("b").textContent = said.replace("{n}", own.length).replace("{at}", first);
      if (!line.isConnected) chair.querySelector(".tile-now").after(line);
    } else line.remove();
    const shown = next ? `${next.at} ${stage}` : own.length ? "none" : chair.dataset.shown || "";
    if (chair.dataset.shown === shown || !shown || (chair.matches(".phase-dosing") && stage === "coming")) return;
    chair.dataset.shown = shown;
    const place = chair.querySelector(".tile-next");
    for (const old of all(".what, .count, .when", place)) old.remove();
    if (next) {
      const count = document.createElement("time");
      count.className = "count";
      count.dateTime = next.at;
      count.dataset[stage === "coming" ? "dueAt" : "since"] = next.at;
      place.prepend(text("what", next[stage][0]), count, text("when", next[stage][1]));
    }
    vigil.showTimes();
    turn(chair, stage === "late");
  }
  // As the server would show it: overdue from the end of the due minute until it is charted.
  const phases = new WeakMap();
  function turn(chair, late) {
    if (!phases.has(chair)) phases.set(chair, { phase: /phase-([a-z]+)/.exec(chair.className)[1], word: chair.querySelector(".tile-word").textContent, sign: chair.querySelector(".tile-head .sign") });
    const before = phases.get(chair);
    const phase = late ? "overdue" : before.phase === "overdue" ? "monitor" : before.phase;
    if (chair.classList.contains(`phase-${phase}`)) return;
    chair.className = chair.className.replace(/phase-[a-z]+/, `phase-${phase}`);
    chair.querySelector(".tile-word").textContent = late ? words.dataset.overdue : phase === before.phase ? before.word : words.dataset.monitoring;
    chair.querySelector(".tile-head .sign").replaceWith(phase === before.phase ? before.sign : sign(phase, chair.dataset.chair));
  }
  function text(name, said) {
    const part = document.createElement("span");
    part.className = name;
    part.textContent = said;
    return part;
  }
  function sign(phase, number) {
    const drawn = words.content.querySelector(`.sign-${phase}`).cloneNode(true);
    drawn.querySelector("text").textContent = number;
    return drawn;
  }

  /* ---- an alarm, under the server's own name for it; one that is over by what was charted here goes ---- */
  function alarms(chair, check, point, stage) {
    for (const [level, id] of Object.entries(point.alarms)) {
      const there = document.querySelector(`[data-alarm="${CSS.escape(id)}"]`);
      if (level !== stage) {
        if (there && "local" in there.dataset) there.remove();
        else if (there) Object.assign(there, { hidden: true }).dataset.sound = "";
        continue;
      }
      if (there || stage === "coming") continue;
      const item = words.content.querySelector(".alarm").cloneNode(true);
      const phase = level === "late" ? "overdue" : "monitor";
      for (const drawn of all(".sign", item)) drawn.remove();
      item.prepend(sign(phase, chair.dataset.chair));
      item.classList.add(`phase-${phase}`);
      const what = point[level][0];
      Object.assign(item.dataset, { alarm: id, sound: level, say: words.dataset.chair.replace("{chair}", chair.dataset.chair).replace("{what}", what) });
      Object.assign(item.querySelector("a"), { href: check, textContent: what });
      item.querySelector(".count").dataset.since = point.at;
      list().prepend(item);
    }
  }
  function list() {
    const panel = document.querySelector(".alarms") || words.content.querySelector(".alarms").cloneNode(true);
    if (!panel.isConnected) document.querySelector(".next-bar, .session-cols")?.before(panel);
    panel.querySelector(".quiet-line")?.remove();
    let items = panel.querySelector("ul");
    if (!items) panel.append(items = document.createElement("ul"));
    return items;
  }

  async function ask() {
    waits = (await vigil.outbox?.waiting() || []).filter((entry) => !entry.held).sort((one, other) => one.at - other.at);
    look();
  }
  document.addEventListener("vigil:outbox", ask);
  document.addEventListener("vigil:offline", ask);
  setInterval(look, 1000);
  ask();
})();
