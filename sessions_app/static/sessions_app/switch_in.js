// Coming in by thumb: a keypad, and the sixth digit sends. Without it the page is a plain form.
(() => {
  "use strict";
  const form = document.querySelector(".switch-form");
  const pin = form?.querySelector(".pin");
  if (!pin) return;
  const who = document.getElementById("switch-who");
  const dots = form.querySelector(".pin-dots");
  const chosen = () => form.querySelector("[name=person]:checked");

  form.classList.add("has-keypad");
  form.querySelector(".switch-pin").append(document.getElementById("keypad").content.cloneNode(true));
  dots.hidden = false;
  pin.inputMode = "none";                 // the tablet's own keyboard stays away while ours is on the page

  function show() {
    const person = chosen();
    who.textContent = person ? person.closest("label").querySelector("span > span").textContent.trim() : who.dataset.idle;
    Array.from(dots.children).forEach((dot, at) => dot.classList.toggle("is-typed", at < pin.value.length));
  }
  function typed() {
    document.getElementById("switch-said").hidden = pin.value.length > 0;
    show();
    if (pin.value.length === 6 && chosen()) form.requestSubmit();
  }
  pin.addEventListener("input", typed);
  form.addEventListener("change", (event) => {
    if (event.target.name !== "person") return;
    pin.value = "";
    show();
    pin.focus({ preventScroll: true });
    form.querySelector(".switch-pin").scrollIntoView({ block: "nearest" });
  });
  form.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (!key || form.dataset.sent) return;
    pin.value = key === "delete" ? pin.value.slice(0, -1) : (pin.value + key).slice(0, 6);
    typed();
  });
  if (chosen()) pin.focus({ preventScroll: true });
  show();
})();
