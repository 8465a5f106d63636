// What was typed into a form is kept on this tablet until the server says that it was saved: through a sign-out, a closed
// tab, a server that does not answer. It comes back into the fields with a banner, and is never sent by itself.
// A draft belongs to one person and one address; it is forgotten after 12 hours (docs/decisions/0008).
(() => {
  "use strict";
  const root = document.documentElement;
  const PREFIX = "vigil-draft:";
  const HOURS = 12;
  const arrived = { server: Date.parse(root.dataset.serverNow || ""), wall: Date.now(), steady: performance.now() };
  // The server's clock carried on; the tablet's own is only a stopwatch here.
  const now = () => arrived.server + Math.max(Date.now() - arrived.wall, performance.now() - arrived.steady);

  const store = (() => {
    try { localStorage.getItem(PREFIX); return localStorage; } catch { return null; }   // storage may be switched off
  })();
  if (!store || Number.isNaN(arrived.server)) return;
  const drafts = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));
  const read = (key) => { try { return JSON.parse(store.getItem(key)); } catch { return null; } };

  for (const key of drafts()) {
    const draft = read(key);
    if (!draft || now() - draft.at > HOURS * 3600000) store.removeItem(key);
  }
  // The server names in a cookie what it saved, or what met a sign-in instead; whoever reads it first keeps the books.
  for (const [, word, entry] of document.cookie.matchAll(/(?:^|; )(saved|unsaved)_([0-9a-f-]{36})=/g)) {
    document.cookie = `${word}_${entry}=; path=/; max-age=0; SameSite=Lax`;
    for (const key of drafts()) {
      const draft = read(key);
      if (draft?.entry !== entry) continue;
      if (word === "saved") store.removeItem(key); else answered(key, draft);
    }
  }
  // It is known not to be saved: it may be changed and sent again as the same entry.
  function answered(key, draft) {
    delete draft.sent;
    store.setItem(key, JSON.stringify(draft));
  }

  const person = root.dataset.person;
  if (!person) return;
  const here = location.pathname + location.search;
  const mine = `${PREFIX}${person}:`;
  const words = document.getElementById("draft-words").content;
  const banner = (name) => words.querySelector(`[data-draft="${name}"]`).cloneNode(true);
  const place = (form) => form.querySelector("[data-draft-place]") || form;
  const two = (number) => String(number).padStart(2, "0");

  const forms = Array.from(document.querySelectorAll("form[method=post]")).filter((form) => form.elements.entry_id);
  forms.forEach(look);
  // Going back shows a page whose entry may be saved already: typed into again it would be answered with the first result.
  addEventListener("pageshow", (event) => { if (event.persisted && forms.length) location.reload(); });

  /* ---- one form ---- */
  function look(form) {
    const entry = form.elements.entry_id;
    const own = entry.value;             // this page's own number, made for what is typed now
    // Of several forms on one page each has its own: their hidden fields say what they are about.
    const about = Array.from(form.elements).filter((field) => field.type === "hidden" && !["csrfmiddlewaretoken", "entry_id"].includes(field.name));
    const key = `${mine}${here}#${form.getAttribute("action") || ""}${about.map((field) => `&${field.name}=${field.value}`).join("")}`;
    const kept = read(key);

    const shift = () => {                // the facility's clock, from the moment this page was made
      const zone = /([+-])(\d\d):(\d\d)$/.exec(entry.dataset.now || "");
      return zone ? (zone[1] + "1") * (zone[2] * 60 + +zone[3]) * 60000 : 0;
    };
    const clock = (at) => {
      const day = new Date(at + shift());
      return `${day.getUTCHours()}:${two(day.getUTCMinutes())}`;
    };

    const typed = () => {
      const values = {};
      for (const field of form.elements) {
        if (!field.name || field.disabled || ["hidden", "password", "file", "submit", "button"].includes(field.type)) continue;
        if (field.type !== "checkbox" && field.type !== "radio") values[field.name] = field.value;
        else { values[field.name] ||= []; if (field.checked) values[field.name].push(field.value); }
      }
      return values;
    };
    const keep = (more = {}) => {
      const before = read(key);
      const fields = typed();
      // Leaving a field says once more what was typed in it before.
      const at = before && !more.sent && JSON.stringify(before.fields) === JSON.stringify(fields) ? before.at : now();
      const draft = { entry: entry.value, at, fields, sent: before?.sent, title: form.querySelector("h1, .step-title")?.textContent.trim(), ...more };
      try { store.setItem(key, JSON.stringify(draft)); } catch { return; }   // full: the page itself still holds it
      for (const mark of form.querySelectorAll("[data-kept]")) mark.hidden = false;
    };
    const restore = (fields) => {
      for (const field of form.elements) {
        const value = fields[field.name];
        if (value === undefined || ["hidden", "password", "file", "submit", "button"].includes(field.type)) continue;
        const choice = field.type === "checkbox" || field.type === "radio";
        if (choice ? field.checked === value.includes(field.value) : field.value === value) continue;
        if (choice) field.checked = value.includes(field.value); else field.value = value;
        field.dispatchEvent(new Event(choice ? "change" : "input", { bubbles: true }));
      }
    };

    // The page of a refusal holds what was typed already, under the same number.
    if (kept?.entry === own) answered(key, kept);
    else if (kept) {
      entry.value = kept.entry;
      // What was measured then was not measured now: a time left empty is the time of typing.
      const time = form.elements.occurred_time;
      if (time && !kept.fields.occurred_time) kept.fields.occurred_time = clock(kept.at);
      restore(kept.fields);
      const note = banner(kept.sent ? "sent" : "kept");
      for (const at of note.querySelectorAll("time")) at.textContent = clock(kept.at);
      note.querySelector("[data-discard]").addEventListener("click", () => { store.removeItem(key); location.reload(); });
      place(form).prepend(note);
      for (const mark of form.querySelectorAll("[data-kept]")) mark.hidden = false;
    }
    // Sent before and changed since, it is another entry: under the old number a change would be lost unseen.
    const renumber = () => {
      const draft = read(key);
      if (draft?.sent && draft.entry !== own) { entry.value = own; answered(key, draft); }
    };
    const changed = (event) => { if (event.isTrusted || event.target.matches(".numeral")) { renumber(); keep(); } };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);

    /* ---- sending: first ask whether anybody answers, so that the page with all that was typed stays ---- */
    let answers = false;
    let asking = false;
    form.addEventListener("submit", async (event) => {
      if (event.defaultPrevented || answers) { answers = false; return; }
      event.preventDefault();
      if (asking) return;
      asking = true;
      const button = event.submitter;
      form.querySelector('[data-draft="unsent"]')?.remove();
      const reached = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(5000) }).then((answer) => answer.ok, () => false);
      asking = false;
      delete form.dataset.sent;
      if (reached) {
        if (read(key)) keep({ sent: true });      // a form that only has its button holds no work
        answers = true;
        form.requestSubmit(button);
        return;
      }
      button?.removeAttribute("aria-busy");
      const note = banner("unsent");
      place(form).prepend(note);
      note.focus();
    });
  }

  /* ---- on the session's page: what was typed for it and not sent ---- */
  const list = document.getElementById("main");
  if (location.pathname === "/" || !list) return;
  for (const key of drafts()) {
    const address = key.slice(mine.length).split("#")[0];
    if (!key.startsWith(mine) || !address.startsWith(location.pathname) || address === here) continue;
    const draft = read(key);
    const note = banner("waiting");
    note.querySelector("[data-title]").textContent = draft.title || "";
    note.querySelector("a").href = address;
    note.querySelector("[data-discard]").addEventListener("click", () => { store.removeItem(key); note.remove(); });
    list.before(note);
  }
})();
