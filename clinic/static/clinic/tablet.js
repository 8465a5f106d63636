// A shared tablet that nobody touches hides its page and sends it to the lock. Touching it tells the server, which
// ends the sign-in after the same time by itself; a page that asks for itself is no touch.
(() => {
  "use strict";
  // A PIN wants the number keys; whoever signs with the password asks for the letters.
  const secret = document.querySelector("[data-pin]");
  const letters = document.querySelector("[data-letters]");
  if (!secret || !letters) return;
  secret.inputMode = "numeric";
  letters.hidden = false;
  letters.addEventListener("click", () => {
    secret.inputMode = "text";
    letters.hidden = true;
    secret.value = "";
    secret.focus();
  });
})();
(() => {
  "use strict";
  const root = document.documentElement;
  const after = Number(root.dataset.lockAfter) * 1000;
  const form = document.getElementById("switch");
  const cover = document.getElementById("lock-cover");
  if (!after || !form || !cover) return;
  const start = { wall: Date.now(), steady: performance.now() };
  // A tablet that slept stops the one count, somebody who sets its clock moves the other back.
  const now = () => Math.max(Date.now() - start.wall, performance.now() - start.steady);
  let touched = 0;
  let told = 0;
  let locked = false;

  function touch() {
    if (locked) return;
    if (now() - touched >= after) { lock(); return; }
    touched = now();
    if (touched - told < after / 6) return;
    told = touched;
    fetch("/healthz", { cache: "no-store" }).catch(() => {});    // any request is use
  }
  for (const kind of ["pointerdown", "keydown", "input", "scroll", "wheel"]) {
    document.addEventListener(kind, touch, { capture: true, passive: true });
  }

  async function lock() {
    locked = true;
    cover.hidden = false;
    root.classList.add("is-locked");
    // A page that no server answers would leave an empty window; covered, it waits.
    const refresh = { headers: { "X-Requested-With": "refresh" }, cache: "no-store" };
    const reached = await fetch("/healthz", refresh).then((answer) => answer.ok, () => false);
    if (reached) { form.submit(); return; }
    cover.querySelector("[data-unsent]").hidden = false;
    setTimeout(lock, 5000);
  }
  setInterval(() => { if (!locked && now() - touched >= after) lock(); }, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !locked && now() - touched >= after) lock(); });
})();
