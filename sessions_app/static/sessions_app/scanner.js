// A scanner is a keyboard: fast keys that end with Enter. What it types goes to the scan field, whatever has the focus, and
// never lands in another field or sends the form. The code is read by the server; here it is only carried there and back.
(() => {
  "use strict";
  const block = document.querySelector("[data-scan]");
  const form = block?.closest("form");
  const field = form?.elements.code;
  if (!field) return;
  const button = block.querySelector("[name=read_code]");
  const said = document.getElementById("scan-said");
  const unread = document.getElementById("scan-unread");
  const GS = "\u001d";
  const FAST = 60;          // ms from key to key: nobody types four keys like that
  const HICCUP = 250;       // a scanner by radio pauses, once it has begun like a code
  const BEGUN = 4;
  const SHORTEST = 8;       // what is shorter was typed by a person, or is no code
  const like = (text) => /^(\]|\(0|01\d|.?[dD]2)/.test(text);
  const heading = (text) => /^(\]|\((0|$))/.test(text);     // nobody begins a word like that

  button.type = "button";   // with script, Enter in another field saves as it does on every page
  button.addEventListener("click", () => read(false));

  /* ---- keys ---- */
  let keys = [];            // the burst so far: {text, at}
  let start = null;         // where it began: {element, value, from, to, index}
  let held = false;         // keys after the first are kept back until it is known who types
  let caps = false;
  let timer = 0;

  const text = () => keys.join("");
  const patience = () => (heading(text()) || (keys.length >= BEGUN && like(text())) ? HICCUP : FAST);
  const writes = (element) => element?.matches?.("textarea, input:not([type=radio], [type=checkbox], [type=button], [type=submit], [type=file])") || element?.isContentEditable;
  const sign = (event) => {
    if (event.key === "F8" || (event.ctrlKey && !event.altKey && (event.key === "]" || event.code === "BracketRight"))) return GS;
    if (event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph"))) return "";
    return event.key === "Dead" ? "\u00b4" : event.key.length === 1 ? event.key : "";
  };
  let last = 0;

  function begin(event) {
    const element = event.target;
    keys = [];
    caps = event.getModifierState("CapsLock");
    held = false;
    start = { element, index: element.selectedIndex };
    try { start = { ...start, value: element.value, from: element.selectionStart, to: element.selectionEnd }; } catch { /* no caret */ }
  }
  // By the browser's own editing, so that undo, drafts and counters see it as typed.
  function put(element, value) {
    element.focus({ preventScroll: true });
    if (value) document.execCommand("insertText", false, value); else document.execCommand("delete");
  }
  function takeBack() {                       // the first key went where the focus was
    const { element, value, from, to, index } = start;
    if (element.tagName === "SELECT") { element.selectedIndex = index; return; }
    if (!writes(element) || element === field || element.value === value) return;
    if (typeof from !== "number") { element.value = value; return; }
    element.setSelectionRange(from, from + 1);
    put(element, value.slice(from, to));
  }
  function giveBack() {                       // a person typed quickly after all
    clearTimeout(timer);
    if (held && start && writes(start.element) && start.element !== field) put(start.element, text().slice(1).replaceAll(GS, ""));
    reset();
  }
  function reset() { clearTimeout(timer); keys = []; start = null; held = false; }

  addEventListener("keydown", (event) => {
    if (!event.isTrusted || event.isComposing || block.closest("[inert]") || document.querySelector("dialog[open]")) return;
    const gap = event.timeStamp - last;
    if (keys.length && gap > patience()) giveBack();
    if (event.key === "Enter") {
      if (event.target === field) {
        stop(event);
        if (keys.length >= SHORTEST) field.value = text();     // the scan alone, whatever stood there before
        read(caps && keys.length > 0);
        reset();
        return;
      }
      // Who dictates is as fast, and says words.
      if (keys.length >= SHORTEST && (!writes(start.element) || /^\S+$/.test(text()))) { stop(event); scanned(); } else giveBack();
      return;
    }
    const one = sign(event);
    if (!one) { if (event.key !== "Shift" && event.key !== "AltGraph" && event.key !== "Control" && event.key !== "Alt") giveBack(); return; }
    if (!keys.length) begin(event);
    keys.push(one);
    caps = caps || event.getModifierState("CapsLock");
    last = event.timeStamp;
    if (one === GS) {
      stop(event);
      if (event.target === field) put(field, GS);
    }
    if (event.target === field) return;
    if (keys.length > 1) { held = true; if (one !== GS) stop(event); }
    clearTimeout(timer);
    timer = setTimeout(pause, patience());
  }, true);
  function stop(event) { event.preventDefault(); event.stopImmediatePropagation(); }
  // A scanner that sends no Enter.
  function pause() { if (keys.length >= 24 && like(text())) scanned(); else giveBack(); }

  function scanned() {
    const code = text();
    takeBack();
    reset();
    field.value = code;
    read(caps);
  }
  // A press elsewhere ends a burst: what was held goes where it was typed.
  addEventListener("pointerdown", () => { if (keys.length) giveBack(); }, true);

  /* ---- reading ---- */
  let asked = null;
  const filled = new Map();
  async function read(capsLock) {
    asked?.abort();
    const mine = asked = new AbortController();
    const body = new FormData(form);
    body.set("read_code", "1");
    if (capsLock) body.set("caps_lock", "on");
    button.setAttribute("aria-busy", "true");
    const late = setTimeout(() => mine.abort(new Error("late")), 8000);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "scan" }, signal: mine.signal, cache: "no-store" });
      if (answer.redirected) { location.reload(); return; }        // signed out: what was typed is kept and comes back
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      show(Array.from(page.body.childNodes), false);
      takeOut();
      for (const each of said.querySelectorAll("[data-fill]")) fill(each.dataset.fill, each.getAttribute("value"), each.textContent);
      if (document.activeElement === field) field.select();
    } catch (error) {
      if (error.name !== "AbortError") show([], true);
    } finally {
      clearTimeout(late);
      if (asked === mine) button.removeAttribute("aria-busy");
    }
  }
  function show(nodes, lost) {
    said.replaceChildren(...nodes.map((node) => document.adoptNode(node)));
    unread.hidden = !lost;
    for (const clear of said.querySelectorAll("[data-clear]")) clear.hidden = false;
  }
  said.addEventListener("click", (event) => {
    if (!event.target.closest("[data-clear]")) return;
    field.value = "";
    takeOut();
    show([], false);
    field.focus({ preventScroll: true });
  });
  function takeOut() {
    for (const [name, { was, now }] of filled) if (form.elements[name].value === now) set(name, was);
    filled.clear();
  }
  // The form says what the last scan said: what an earlier one filled in goes where that is refused.
  function fill(name, value, label) {
    const elements = form.elements[name];
    if (!elements) return;
    const boxes = (elements instanceof RadioNodeList ? Array.from(elements) : [elements]).filter((each) => each.type === "checkbox");
    if (boxes.length) { tick(boxes.find((each) => each.value === value)); return; }
    if (elements.tagName === "SELECT" && !Array.from(elements.options).some((option) => option.value === value)) elements.add(new Option(label, value));
    if (elements !== field) filled.set(name, { was: elements.value, now: value });
    set(name, value);
  }
  // Of a list a scan ticks what it says, and leaves what an earlier one ticked.
  function tick(box) {
    if (!box || box.checked) return;
    box.checked = true;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function set(name, value) {
    const elements = form.elements[name];
    if (elements.value === value) return;
    elements.value = value;
    const element = elements instanceof RadioNodeList ? form.querySelector(`[name="${CSS.escape(name)}"]:checked`) : elements;
    if (element && element !== field) element.dispatchEvent(new Event("change", { bubbles: true }));
  }
})();
