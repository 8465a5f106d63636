// A form read while it is typed into a portal: a button beside each value copies it, and the next one is then in focus.
// Without script there are no buttons, and the values are marked and copied by hand.
(() => {
  "use strict";
  const said = document.querySelector("[data-copied]");
  const buttons = [...document.querySelectorAll("[data-copy]")];
  const fieldOf = (button) => button.closest(".form-field");
  const name = (button) => fieldOf(button).querySelector("dt").textContent.trim();

  // Where the page is not served by https there is no clipboard to write to; a marked text can still be copied.
  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error();
  }

  async function press(button) {
    const value = fieldOf(button).querySelector("[data-value]").textContent;
    try {
      await copy(value);
    } catch {
      const marked = document.createRange();
      marked.selectNodeContents(fieldOf(button).querySelector("[data-value]"));
      getSelection().removeAllRanges();
      getSelection().addRange(marked);
      return;
    }
    for (const each of buttons) fieldOf(each).classList.toggle("copied", each === button);
    fieldOf(button).classList.add("typed");
    const next = buttons[buttons.indexOf(button) + 1];
    said.textContent = `${name(button)} ${said.dataset.said}` + (next ? `, ${said.dataset.next}: ${name(next)}` : "");
    (next || button).focus();
  }

  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => press(button));
  }
})();
