// A shared tablet. One that nobody touches hides its page and sends it to the lock. Touching it tells the server, which
// ends the sign-in after the same time by itself; a page that asks for itself is no touch.
(() => {
  "use strict";
  const root = document.documentElement;

  /* ---- a page that is open in another tab is never somebody else's ---- */
  const PERSON = "vigil.person";
  const person = root.dataset.person || "";
  try { localStorage.setItem(PERSON, person); } catch { /* storage may be switched off */ }
  addEventListener("storage", (event) => { if (event.key === PERSON && event.newValue !== person) location.reload(); });

  /* ---- a PIN wants the number keys; whoever signs with the password asks for the letters ---- */
  const secret = document.querySelector("[data-pin]");
  const letters = document.querySelector("[data-letters]");
  if (secret && letters) {
    secret.inputMode = "numeric";
    letters.hidden = false;
    letters.addEventListener("click", () => {
      secret.inputMode = "text";
      letters.hidden = true;
      secret.value = "";
      secret.focus();
    });
  }

  /* ---- the lock ---- */
  const after = Number(root.dataset.lockAfter) * 1000;
  const form = document.getElementById("switch");
  const cover = document.getElementById("lock-cover");
  if (!after || !form || !cover) return;
  const start = { wall: Date.now(), steady: performance.now() };
  // A tablet that slept stops the one count, somebody who sets its clock moves the other back.
  const now = () => Math.max(Date.now() - start.wall, performance.now() - start.steady);
  const ask = (headers) => fetch("/healthz", { headers, cache: "no-store" }).then((answer) => answer.ok, () => false);
  let touched = 0;
  let told = 0;
  let locked = false;

  function look() {
    if (locked) return;
    if (now() - touched >= after) lock();
    else if (touched > told && now() - told > 5000) {
      told = now();
      ask({});                                                  // any request is use
    }
  }
  async function lock() {
    locked = true;
    cover.hidden = false;
    root.classList.add("is-locked");
    // A page that no server answers would leave an empty window; covered, it waits.
    if (await ask({ "X-Requested-With": "refresh" })) { form.submit(); return; }
    cover.querySelector("[data-unsent]").hidden = false;
    setTimeout(lock, 5000);
  }
  for (const kind of ["pointerdown", "keydown", "input", "scroll", "wheel"]) {
    document.addEventListener(kind, () => {
      look();                                                   // first what was missed while it slept
      if (!locked) touched = now();
    }, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", look);
  setInterval(look, 1000);
})();
