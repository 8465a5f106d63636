// A shared tablet. One that nobody touches hides its page and sends it to the lock. Touching it tells the server, which
// ends the sign-in after the same time by itself; a page that asks for itself is no touch. While no server answers, the
// lock only hides.
(() => {
  "use strict";
  const root = document.documentElement;

  /* ---- a page that is open in another tab is never somebody else's ---- */
  const PERSON = "vigil.person";
  const person = root.dataset.person || "";
  try { localStorage.setItem(PERSON, person); } catch { /* storage may be switched off */ }
  addEventListener("storage", (event) => { if (event.key === PERSON && event.newValue !== person) location.reload(); });

  // A tab that slept meanwhile heard nothing of it.
  function isStill() {
    try { if (!document.hidden && (localStorage.getItem(PERSON) ?? person) !== person) location.reload(); } catch { /* as above */ }
  }
  document.addEventListener("visibilitychange", isStill);
  addEventListener("pageshow", (event) => { if (event.persisted) isStill(); });

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

  /* ---- what somebody comes in with opens the lock again while no server answers; only the worker's memory has it ---- */
  if (!person) {
    document.addEventListener("submit", (event) => {
      const given = event.target.querySelector("input[type=password]")?.value;
      if (given) vigil.worker?.say({ kind: "came-in", secret: given });
    });
  }

  /* ---- the lock ---- */
  const after = Number(root.dataset.lockAfter) * 1000;
  const form = document.getElementById("switch");
  const cover = document.getElementById("lock-cover");
  if (!form || !cover) return;
  const start = { wall: Date.now(), steady: performance.now() };
  // A tablet that slept stops the one count, somebody who sets its clock moves the other back.
  const now = () => Math.max(Date.now() - start.wall, performance.now() - start.steady);
  const ask = (headers) => fetch("/healthz", { headers, cache: "no-store" }).then((answer) => answer.ok, () => false);
  let touched = 0;
  let told = 0;
  let locked = false;

  function look() {
    if (!after || locked) return;
    if (now() - touched >= after) lock();
    else if (touched > told && now() - told > 5000) {
      told = now();
      ask({});                                                  // any request is use
    }
  }
  async function lock() {
    if (!locked) {
      locked = true;
      cover.hidden = false;
      root.classList.add("is-locked");
      title = document.title;
      document.title = cover.getAttribute("aria-label");
    }
    // A page that no server answers would leave an empty window; covered, it waits.
    if (await ask({ "X-Requested-With": "refresh" })) { form.submit(); return; }
    if (!locked) return;
    cover.querySelector("[data-unsent]").hidden = false;
    if (opens.hidden) offer(await vigil.worker?.ask({ kind: "locked" }));
    clearTimeout(again);
    again = setTimeout(lock, 5000);
  }

  // Pressed while no server answers, it hides as well: else whoever goes back finds the page as it was.
  form.addEventListener("submit", (event) => { event.preventDefault(); lock(); });

  /* ---- no server to ask: what this person came in with opens it again, and nothing else does ---- */
  const opens = document.getElementById("lock-open");
  const said = opens.querySelector(".lock-said");
  let title = "";
  let again = 0;
  function offer(answer) {
    cover.querySelector("[data-only]").hidden = !answer?.able;
    cover.querySelector("[data-shut]").hidden = Boolean(answer?.able);
    opens.hidden = !answer?.able;
    if (answer?.able) opens.elements.secret.focus();
  }
  opens.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { secret } = opens.elements;
    if (!secret.value || opens.getAttribute("aria-busy")) return;
    opens.setAttribute("aria-busy", "true");
    const answer = await vigil.worker?.ask({ kind: "open", secret: secret.value });
    opens.removeAttribute("aria-busy");
    secret.value = "";
    if (answer?.open) { unlock(); return; }
    said.textContent = answer?.left ? said.dataset.wrong.replace("{n}", answer.left) : said.dataset.over;
    if (!answer?.left) opens.querySelector("fieldset").disabled = true;
    secret.focus();
  });
  function unlock() {
    clearTimeout(again);
    locked = false;
    told = touched = now();
    cover.hidden = opens.hidden = true;
    said.textContent = "";
    root.classList.remove("is-locked");
    delete root.dataset.locked;
    document.title = title;
  }
  if ("locked" in root.dataset) lock();             // a page that was kept, shown at a tablet that is locked

  for (const kind of ["pointerdown", "keydown", "input", "scroll", "wheel"]) {
    document.addEventListener(kind, () => {
      look();                                                   // first what was missed while it slept
      if (!locked) touched = now();
    }, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", look);
  setInterval(look, 1000);
})();
