// Charting by thumb: a keypad beside the numbers, what is still empty, and one tap where it says two things. Without it
// the page is a plain form. It fills in no number, decides nothing, and the server asks again.
(() => {
  "use strict";
  const form = document.querySelector(".check-form");
  if (!form) return;
  const all = (selector, within = form) => Array.from(within.querySelectorAll(selector));
  const numbers = all(".readings .numeral");
  const reasons = new Map(all("[data-reason] select").map((select) => [select.closest("[data-reason]").dataset.reason, select]));
  const reasonOf = (input) => reasons.get(input.closest("[data-measure]")?.dataset.measure)?.value;

  /* ---- the keypad: it alone moves on by itself, a keyboard never does ---- */
  const right = form.querySelector(".check-right");
  right.append(document.getElementById("keypad").content.cloneNode(true));
  const pad = right.querySelector(".pad-field");
  const part = (name) => pad.querySelector(name);
  const shown = matchMedia("(min-width: 901px)");
  let active = null;
  let anew = false;      // a cell come back to is typed anew from the first key

  // The tablet's own keyboard stays away while ours is on the page.
  const choosePad = () => { for (const input of all(".numeral")) input.inputMode = shown.matches ? "none" : "numeric"; };
  shown.addEventListener("change", choosePad);
  choosePad();

  function activate(input) {
    active?.closest(".reading-cell")?.classList.remove("is-active");
    active = input;
    anew = Boolean(input?.value);
    const cell = input?.closest(".reading-cell");
    cell?.classList.add("is-active");
    pad.classList.toggle("is-idle", !input);
    if (!input) return;
    part(".pad-name").textContent = input.labels[0]?.firstChild?.textContent?.trim() || "";
    const unit = cell?.querySelector(".unit");
    part(".pad-line").textContent = unit ? unit.dataset.line || unit.textContent : "";
    const before = cell || input.closest(".sign-score");
    part(".pad-before").replaceChildren(...all(".before li", before).map((item) => item.cloneNode(true)));
    echo();
  }
  function echo() {
    if (active) part(".pad-value span").textContent = active.value;
  }
  // A number is full when one more digit could not make a possible one: 97 per cent, but not yet 10; 74, but not yet 12.
  const isFull = (input) => Number(input.value) * 10 > Number(input.dataset.most);

  function next() {
    const after = numbers.slice(numbers.indexOf(active) + 1).find((input) => !reasonOf(input));
    const inOrder = numbers.includes(active);
    active?.blur();
    if (inOrder && after) after.focus(); else activate(null);
  }
  function type(key) {
    if (!active) return;
    if (key === "next") { next(); return; }
    const typed = anew ? "" : active.value;
    const value = key === "delete" ? active.value.slice(0, -1) : typed + key;
    if (value.length > 3) return;
    active.value = value;
    anew = false;
    active.dispatchEvent(new Event("input", { bubbles: true }));
    if (key !== "delete" && isFull(active)) next();
  }
  form.addEventListener("focusin", (event) => {
    if (event.target.matches(".numeral")) activate(event.target);
  });
  right.addEventListener("pointerdown", (event) => event.preventDefault());   // the number keeps the focus
  right.addEventListener("mousedown", (event) => event.preventDefault());
  right.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) type(key.dataset.key);
  });
  activate(null);
  if (!document.querySelector(".error-summary, .refused, .confirm, .save-without")) numbers.find((input) => !input.value)?.focus();

  /* ---- what is still empty ---- */
  const said = form.querySelector("[data-still]");
  const still = said.querySelector(".still");
  const isSaid = (group) => reasons.get(group.dataset.measure)?.value
    || all(".numeral", group).some((input) => input.value && !input.closest(".sign-score"))
    || group.querySelector("[name$='_present']:checked");
  function showEmpty() {
    for (const group of all(".reading-cell[data-measure]")) {
      const reason = reasons.get(group.dataset.measure);
      if (reason?.value) group.dataset.missing = reason.selectedOptions[0].textContent;
      else delete group.dataset.missing;
    }
    if (!still) return;
    const empty = all("[data-measure]").filter((group) => !isSaid(group)).map((group) => group.dataset.word);
    const words = empty.length ? `${said.dataset.still} ${empty.join(", ")}` : said.dataset.all;
    if (still.textContent !== words) still.textContent = words;
  }

  /* ---- one tap where it says two things, both visible, both sent ---- */
  const answer = (row, value) => {
    const radio = row.querySelector(`[name$="_present"][value="${value}"]`);
    if (radio && !radio.checked) {
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
  let implied = false;
  form.addEventListener("change", (event) => {
    const row = event.target.closest(".sign-row");
    if (!row) return;
    const gone = row.querySelector("[name$='_gone']");
    if (event.target.matches("[name$='_present']")) {
      if (!implied) row.dataset.answered = "hand";
      if (gone && event.target.value === "yes") gone.checked = false;
    } else if (event.target.dataset.means && row.dataset.answered !== "hand") {
      // A score answers the question until somebody answers it by hand: alert is absent, anything less is sedation.
      implied = true;
      answer(row, event.target.dataset.means);
      implied = false;
    } else if (event.target === gone && gone.checked) {
      answer(row, "no");
    }
  });

  form.addEventListener("input", () => { echo(); showEmpty(); });
  form.addEventListener("change", showEmpty);
  showEmpty();
})();
