// What was typed into a form is kept on this tablet until the server says that it was saved: through a sign-out, a closed
// tab, a server that does not answer. It comes back into the fields with a banner, and is never sent by itself.
// A draft belongs to one person and one address, is sealed, and is forgotten after 12 hours (docs/decisions/0008, 0023).
(() => {
  "use strict";
  const root = document.documentElement;
  const { keep, clock, outbox } = window.vigil;
  const HOURS = 12;
  const NEVER = ["hidden", "password", "file", "submit", "button"];
  const rows = (mode, work) => keep.rows("drafts", mode, work).catch(() => undefined);
  const all = () => (window.indexedDB ? rows("readonly", (store) => store.getAll()) : Promise.resolve()).then((found) => found || []);
  const read = (key) => rows("readonly", (store) => store.get(key));
  const write = (draft) => rows("readwrite", (store) => store.put(draft));
  const forget = (key) => rows("readwrite", (store) => store.delete(key));
  const opened = async (draft) => JSON.parse((draft && (await keep.open(draft))) || "null");
  const isChoice = (field) => field.type === "checkbox" || field.type === "radio";

  // Before drafts were sealed they lay here in clear.
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("vigil-draft:")) localStorage.removeItem(key);
  } catch { /* storage may be switched off */ }

  // The server names in a cookie what it saved, or what met a sign-in instead; whoever reads it first keeps the books.
  async function keepBooks() {
    const drafts = await all();
    for (const draft of drafts) if (clock.now() - draft.at > HOURS * 3600000) await forget(draft.key);
    for (const [, word, entry] of document.cookie.matchAll(/(?:^|; )(saved|unsaved)_([0-9a-f-]{36})=/g)) {
      document.cookie = `${word}_${entry}=; path=/; max-age=0; SameSite=Lax`;
      for (const draft of drafts) {
        if (draft.entry !== entry) continue;
        if (word === "saved") await forget(draft.key); else await answered(draft);
      }
      if (word === "saved" && outbox) await outbox.forget(entry);
    }
  }
  // It is known not to be saved: it may be changed and sent again as the same entry.
  const answered = ({ sent, ...draft }) => (sent ? write(draft) : Promise.resolve());
  const books = keepBooks();

  const { person } = root.dataset;
  if (!person) return;
  const here = location.pathname + location.search;
  const mine = `${person}:${location.pathname}`;
  const words = document.getElementById("draft-words").content;
  const banner = (name) => words.querySelector(`[data-draft="${name}"]`).cloneNode(true);
  const place = (form) => form.querySelector("[data-draft-place]") || form;
  const show = (form, note) => {
    form.querySelector(".draft")?.remove();
    place(form).prepend(note);
    return note;
  };

  const goneBackTo = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const forms = Array.from(document.querySelectorAll("form[method=post]")).filter((form) => form.elements.entry_id);
  forms.forEach(look);
  addEventListener("hashchange", () => { if (location.hash.startsWith("#waiting=")) location.reload(); });
  // Going back shows a page whose entry may be saved already: typed into again it would be answered with the first result.
  addEventListener("pageshow", (event) => { if (event.persisted && forms.length) location.reload(); });

  /* ---- one form ---- */
  async function look(form) {
    const entry = form.elements.entry_id;
    let own = entry.value;               // this page's own number, made for what is typed now
    const at = (moment) => clock.text(moment, entry.dataset.now);
    const title = form.querySelector("h1, .step-title")?.textContent.trim();
    const touched = new Set();
    let key = "";
    let last = { at: 0, json: "" };      // what was kept last
    let sent = false;                    // under the number that the form has now
    let untimed = false;                 // nobody knows when it was typed

    const typed = () => {
      const values = {};
      for (const field of form.elements) {
        if (!field.name || field.disabled || NEVER.includes(field.type)) continue;
        values[field.name] ||= [];
        if (!isChoice(field) || field.checked) values[field.name].push(field.value);
      }
      return values;
    };
    async function put() {
      const fields = typed();
      const json = JSON.stringify(fields);
      // Leaving a field says once more what was typed in it before.
      if (json !== last.json) last = { at: clock.now(), json };
      const number = entry.value;
      const sealed = await keep.seal(JSON.stringify({ fields, title, address: here }));
      // Meanwhile more was typed: that is kept instead.
      if (json !== last.json) return;
      const kept = await write({ key, entry: number, at: last.at, ...(sent && { sent }), ...sealed });
      for (const mark of form.querySelectorAll("[data-kept]")) mark.hidden = !kept;
    }
    let restoring = false;
    const restore = (fields) => {
      restoring = true;
      for (const field of form.elements) {
        const value = fields[field.name];
        if (value === undefined || NEVER.includes(field.type) || touched.has(field.name)) continue;
        if (isChoice(field) ? field.checked === value.includes(field.value) : field.value === value[0]) continue;
        if (isChoice(field)) field.checked = value.includes(field.value); else field.value = value[0];
        field.dispatchEvent(new Event(isChoice(field) ? "change" : "input", { bubbles: true }));
      }
      restoring = false;
    };
    function comeBack(name, draft, discard) {
      entry.value = draft.entry;
      // What was measured then was not measured now: a time left empty is the time of typing.
      const time = form.elements.occurred_time;
      if (time && !draft.fields.occurred_time?.[0] && !untimed) draft.fields.occurred_time = [at(draft.at)];
      restore(draft.fields);
      const note = show(form, banner(name));
      for (const moment of note.querySelectorAll("time")) moment.textContent = at(draft.at);
      note.querySelector("[data-discard]").addEventListener("click", discard);
      return note;
    }

    /* what was typed before comes back; what is typed meanwhile stays */
    async function recall() {
      await books;
      if (!keep.able) return;
      // Of several forms on one page each has its own: their hidden fields say what they are about.
      const about = Array.from(form.elements).filter((field) => field.type === "hidden" && !["csrfmiddlewaretoken", "entry_id"].includes(field.name));
      const which = [location.search, form.getAttribute("action") || "", ...about.map((field) => `${field.name}=${field.value}`)];
      key = `${mine}#${await keep.word(which.join("\n"))}`;
      // Its number was used with other answers: what stands here goes on under another.
      if (entry.dataset.used) {
        await put();
        await outbox?.forget(entry.dataset.used);
        return;
      }
      const asked = outbox?.takes(form) && /^#waiting=([0-9a-f-]{36})$/.exec(location.hash)?.[1];
      const held = asked && (await outbox.letter(asked));
      if (held) { settle(held); return; }
      const kept = await read(key);
      // The page of a refusal holds what was typed already, under the same number; one gone back to is as it first came.
      if (kept?.entry === own && !goneBackTo) { await answered(kept); return; }
      const draft = await opened(kept);
      if (!draft) return;
      last = { at: kept.at, json: JSON.stringify(draft.fields) };
      sent = Boolean(kept.sent);
      comeBack(sent ? "sent" : "kept", { ...kept, ...draft }, () => forget(key).then(() => location.reload()));
      for (const mark of form.querySelectorAll("[data-kept]")) mark.hidden = false;
    }
    // The server did not take it when it was sent from the outbox: a person looks at it.
    function settle(held) {
      untimed = Boolean(held.untimed);
      own = held.entry;
      const fields = {};
      for (const [name, value] of held.fields) (fields[name] ||= []).push(value);
      const away = () => location.replace(new URL("..", location.href));
      const note = comeBack("held", { ...held, fields }, (event) => outbox.discard(event.target, held.entry, away));
      outbox.tell(note, held);
      note.focus();
    }
    const ready = recall();

    // Sent before and changed since, it is another entry: under the old number a change would be lost unseen.
    const renumber = () => { if (sent && entry.value !== own) { entry.value = own; sent = false; } };
    const changed = async (event) => {
      if (restoring || (!event.isTrusted && !event.target.matches(".numeral"))) return;
      touched.add(event.target.name);
      if (!keep.able) { if (!form.querySelector(".draft")) show(form, banner("unkept")); return; }
      if (!key) await ready;
      renumber();
      await put();
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);

    /* ---- sending: first ask whether anybody answers, so that the page with all that was typed stays ---- */
    let answers = false;
    let asking = false;
    form.addEventListener("submit", async (event) => {
      if (event.defaultPrevented || answers) { answers = false; return; }
      event.preventDefault();
      if (asking) return;
      const button = event.submitter;
      const free = () => { asking = false; delete form.dataset.sent; };
      const stay = (name) => { free(); button?.removeAttribute("aria-busy"); show(form, banner(name)).focus(); };
      asking = true;
      await ready;
      if (untimed && !form.elements.occurred_time.value) { stay("untimed"); form.elements.occurred_time.focus(); return; }
      const keepSent = async () => { if (keep.able && last.json) { sent = true; await put(); } };      // a form that only has its button holds no work
      const waits = outbox?.takes(form);
      if (waits) await keepSent();       // its page may be gone before an answer
      const outcome = waits ? await outbox.send(form, button) : (await clock.reached(5)) ? {} : null;
      if (outcome?.go) { location.assign(outcome.go); return; }
      if (outcome?.kept) { stay("waits"); await leadOn(outcome.kept); return; }
      if (!outcome) { stay("unsent"); return; }
      await keepSent();
      free();
      answers = true;
      form.requestSubmit(button);
    });

    // It waits, and sends itself: on to the dosing session or the floor, whichever this tablet kept, or to the next check here.
    async function leadOn(moment) {
      for (const time of form.querySelectorAll(".draft time")) time.textContent = at(moment);
      last = { at: 0, json: "" };
      await forget(key);
      for (const back of ["..", "/"].map((step) => new URL(step, location.href).href)) {
        if (await window.vigil.keptPage?.(back)) { outbox.justKept(moment); location.assign(back); return; }
      }
      if (document.querySelector(".error-summary, .confirm, .refused, .save-without")) empty(form); else form.reset();
      own = entry.value = crypto.randomUUID();
      sent = untimed = false;
      touched.clear();
      for (const mark of form.querySelectorAll("[data-kept]")) mark.hidden = true;
      for (const row of form.querySelectorAll("[data-answered]")) delete row.dataset.answered;
      for (const kind of ["input", "change"]) form.dispatchEvent(new Event(kind, { bubbles: true }));
      form.querySelector(".numeral")?.focus();
    }
  }

  // A page that was refused would come back with what was typed.
  function empty(form) {
    for (const field of form.elements) {
      if (NEVER.includes(field.type)) continue;
      if (isChoice(field)) field.checked = false;
      else if (field.tagName === "SELECT") { if (!field.options[0]?.value) field.selectedIndex = 0; }      // else the first is somebody
      else field.value = "";
    }
  }

  /* ---- on the session's page: what was typed for it and not sent ---- */
  const list = document.getElementById("main");
  if (location.pathname !== "/" && list && keep.able) listDrafts();
  async function listDrafts() {
    await books;
    for (const draft of await all()) {
      const [whose, rest] = draft.key.split(":");
      if (whose !== person || !rest.startsWith(location.pathname)) continue;
      const { address, title } = (await opened(draft)) || {};
      if (!address || address === here) continue;
      const note = banner("waiting");
      note.querySelector("[data-title]").textContent = title || "";
      note.querySelector("a").href = address;
      note.querySelector("[data-discard]").addEventListener("click", () => forget(draft.key).then(() => note.remove()));
      list.before(note);
    }
  }
})();
