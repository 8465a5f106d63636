// What script adds to pages that work without it: running numbers, one submit per press, a fresh page. It decides nothing.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector) => Array.from(document.querySelectorAll(selector));

  const { now, lost, ask, missed, text } = vigil.clock;

  const two = (number) => String(number).padStart(2, "0");
  const long = (ms) => {
    const seconds = Math.floor(ms / 1000);
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    return hours ? `${hours} h ${two(minutes)}` : `${two(minutes)}:${two(seconds % 60)}`;
  };
  const ring = (ms) => `${Math.floor(ms / 3600000)}:${two(Math.floor(ms / 60000) % 60)}`;
  const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  const running = new WeakMap();     // a count that was still to come when it was first seen stops at 00:00
  function showTimes() {
    if (Number.isNaN(now())) return;
    let reached = false;
    for (const element of all(".count[data-due-at]")) {
      const left = Date.parse(element.dataset.dueAt) - now();
      if (Number.isNaN(left)) continue;
      if (!running.has(element)) running.set(element, left > 0 ? "down" : "up");
      if (running.get(element) === "up") { write(element, long(-left)); continue; }
      write(element, long(Math.max(0, left + 999)));
      if (left <= 0) { running.set(element, "stopped"); reached = true; }
      if (running.get(element) === "stopped") write(element, long(0));
    }
    for (const element of all("[data-in-minutes]")) {
      const left = Date.parse(element.dataset.dueAt) - now();
      if (left > 0) write(element, element.dataset.inMinutes.replace("#", Math.ceil(left / 60000)));
    }
    for (const element of all("[data-since]")) {
      const passed = Math.max(0, now() - Date.parse(element.dataset.since));
      if (!Number.isNaN(passed)) write(element, element.dataset.as === "ring" ? ring(passed) : long(passed));
    }
    for (const arc of all("[data-arc-since]")) {
      const share = (now() - Date.parse(arc.dataset.arcSince)) / (arc.dataset.arcMinutes * 600);
      if (!Number.isNaN(share)) arc.setAttribute("stroke-dasharray", `${Math.min(100, Math.max(0, share)).toFixed(1)} 100`);
    }
    for (const paper of all("[data-drawn]")) {       // the line of now, and the bars that last until it
      const on = Math.min(paper.dataset.room, ((now() - Date.parse(paper.dataset.drawn)) / 60000) * paper.dataset.perMinute);
      for (const moved of paper.querySelectorAll("[data-moves]")) moved.setAttribute("transform", `translate(${on.toFixed(1)} 0)`);
      for (const bar of paper.querySelectorAll("[data-grows]")) bar.setAttribute("width", Math.max(3, on + +bar.dataset.grows).toFixed(1));
    }
    for (const element of all("[data-clock]")) {
      write(element, text(now(), element.getAttribute("datetime")));
    }
    if (reached) setTimeout(refresh, 1200 + Math.random() * 1500);
  }

  vigil.showTimes = showTimes;

  /* ---- a page that shows the floor or a dosing session (data-live="seconds") fetches its #live part anew ---- */
  const every = Number(document.body.dataset.live) * 1000;
  let asked = performance.now();
  let asking = false;
  const busy = () => document.hidden || document.querySelector("#main details.menu[open], [aria-busy='true']") !== null
    || document.activeElement?.closest("#main :is(input, select, textarea)") != null;

  async function refresh() {
    if (asking) return;
    asking = true;
    asked = performance.now();
    try {
      const version = every && document.getElementById("live")?.dataset.version;
      const known = version ? { "If-None-Match": `"${version}"` } : {};
      const answer = await ask(location.href, { headers: { "X-Requested-With": "refresh", ...known } });
      if (!answer) return;
      if (every && answer.redirected) { location.reload(); return; }      // signed out: the reload leads to the sign-in
      root.dataset.serverNow = answer.headers.get("X-Server-Now");
      if (answer.status === 304) fresh();
      if (answer.status === 304 || !every) return;
      const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      if (!answer.ok || !part) missed();
      else if (!busy()) { swap(part); fresh(); }
    } catch {
      missed();                    // what came broke off
    } finally {
      asking = false;
    }
  }
  document.addEventListener("vigil:online", () => { if (every) refresh(); });
  // A page that the tablet kept is of now again.
  function fresh() {
    if (root.dataset.keptAt === undefined) return;
    delete root.dataset.keptAt;
    document.dispatchEvent(new CustomEvent("vigil:fresh"));
  }
  if (every && root.dataset.keptAt !== undefined) refresh();

  // What was said before and stands there still is not said again because its page is fresh.
  function hush(part) {
    const spoken = (within) => Array.from(within.querySelectorAll("[role=status], [role=alert], [data-hushed]"));
    const before = new Set(spoken(document).map((element) => element.textContent));
    for (const element of spoken(part)) {
      if (!before.has(element.textContent)) continue;
      element.removeAttribute("role");
      element.dataset.hushed = "";
    }
  }

  function swap(part) {
    const focused = document.activeElement?.closest("#main *");
    const name = (element) => element && (element.id ? `#${CSS.escape(element.id)}` : element.getAttribute("href") && `a[href="${CSS.escape(element.getAttribute("href"))}"]`);
    const again = name(focused);
    const open = all("#main details[open][id]").map((element) => element.id);
    if (part.dataset.title) document.title = part.dataset.title;
    hush(part);
    document.getElementById("live")?.replaceWith(document.adoptNode(part));
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (again) document.querySelector(`#main ${again}`)?.focus({ preventScroll: true });
    showTimes();
  }

  setInterval(() => {
    if (lost() && !asking && !document.hidden) refresh();
    else if (every && performance.now() - asked > every && !busy()) refresh();
    showTimes();
  }, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && every) refresh(); });
  showTimes();

  /* ---- one press, one submit ---- */
  const free = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(free, 10000, form);    // the server takes the same entry twice as one
  });
  addEventListener("pageshow", (event) => {
    all("form[data-sent]").forEach(free);
    if (event.persisted) refresh();
  });

  /* ---- what is wrong is read first, else what was saved; the link of an error opens what hides its field ---- */
  const first = document.querySelector(".error-summary, .refused, .confirm, .is-asking [role=status]") || document.querySelector(".messages > .alert");
  if (first) {
    first.tabIndex = -1;
    first.focus();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    field.closest("details")?.setAttribute("open", "");
    field.focus();
  });

  /* ---- small things ---- */
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".menu-button");
    if (button) {
      const open = document.getElementById(button.getAttribute("aria-controls"))?.classList.toggle("is-open");
      button.setAttribute("aria-expanded", String(Boolean(open)));
    }
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  // What a menu opens is seen whole, however low the menu stands.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details.menu[open]")) event.target.querySelector(".menu-list")?.scrollIntoView({ block: "nearest" });
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  // The wheel scrolls the page and never turns a number.
  document.addEventListener("wheel", (event) => {
    if (event.target === document.activeElement && event.target.type === "number") event.target.blur();
  }, { passive: true });
})();
