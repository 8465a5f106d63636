// While no server answers: what needs it is dashed, with its reason, and the rest goes on. It reads the addresses that the
// worker keeps and the marks of the pages, and decides nothing.
(() => {
  "use strict";
  const root = document.documentElement;
  const words = document.getElementById("offline-words");
  if (!words) return;
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const gates = words.dataset.gates.split(",");
  const say = (why) => words.content.querySelector(`[data-why="${why}"]`).cloneNode(true);
  const last = (path) => path.split("/").at(-2);
  const whyGate = (step) => (step === "discharge" ? "discharge" : "dose");

  /* ---- which marks there are, and how they go away again ---- */
  const marks = [];
  function dash(element, describedBy) {
    if (element.getAttribute("aria-disabled") === "true") return;
    const before = element.getAttribute("aria-describedby");
    element.setAttribute("aria-disabled", "true");
    element.setAttribute("aria-describedby", describedBy);
    element.classList.add("is-offline");
    marks.push(() => {
      element.removeAttribute("aria-disabled");
      if (before) element.setAttribute("aria-describedby", before); else element.removeAttribute("aria-describedby");
      element.classList.remove("is-offline");
    });
  }
  function add(node, place) {
    place(node);
    marks.push(() => node.remove());
    return node;
  }
  let number = 0;
  function dashGate(element, step, place) {
    const why = say(whyGate(step));
    why.id = `offline-gate-${number += 1}`;
    add(why, place);
    dash(element, why.id);
  }

  async function away() {
    if (root.classList.contains("is-away")) return;
    root.classList.add("is-away");
    add(words.content.getElementById("offline-network").cloneNode(true), (node) => document.getElementById("main").append(node));
    for (const form of all("form[method=post]")) {
      if ("offline" in form.dataset || form.id === "switch" || /logout/.test(form.action)) continue;
      const buttons = Array.from(form.querySelectorAll("button:not([type=button])"));
      const last_ = last(new URL(form.action || location.href, location.href).pathname);
      if ("gate" in form.dataset && buttons.length) dashGate(buttons.at(-1), last_, (node) => buttons[0].parentElement.before(node));
      for (const button of buttons) dash(button, marks.length && "gate" in form.dataset ? `offline-gate-${number}` : "offline-network");
    }
    const kept = new Set(await vigil.worker?.ask({ kind: "kept" }) || []);
    if (!vigil.clock.offline()) return;                        // it answered meanwhile
    const lead = (link, address) => {
      const to = link.getAttribute("href");
      link.href = address;
      marks.push(() => { link.href = to; });
    };
    // The session's own page may never have been opened here: its tile leads to its check, and its check back to the floor.
    for (const link of all("main a[href]")) {
      if (!/^\/dosing-sessions\/[0-9a-f-]+\/$/.test(link.getAttribute("href")) || kept.has(link.pathname)) continue;
      const check = `${link.pathname}record-check/`;
      if (link.closest(".tile, .coming, .alarm")) { if (kept.has(check)) lead(link, check); } else if (kept.has("/")) lead(link, "/");
    }
    for (const link of all("body :is(header, main, nav) a[href]")) {
      if (link.origin !== location.origin || link.getAttribute("href").startsWith("#")) continue;
      if (gates.includes(last(link.pathname))) {
        const beside = link.closest(".next-do > a, .refusal, .menu-list li") || link;
        if (link.closest(".next-do") && !link.closest(".next-also")) dashGate(link, last(link.pathname), (node) => beside.after(node));
        else dashGate(link, last(link.pathname), (node) => (beside === link ? link.after(node) : beside.append(node)));
      } else if (!link.hasAttribute("aria-current") && (link.search || !kept.has(link.pathname))) dash(link, "offline-network");
    }
    sayWhen();
  }
  // What was kept long before the network went is not of that time.
  function sayWhen() {
    const keptAt = Date.parse(root.dataset.keptAt || "");
    if (!(keptAt < vigil.clock.offline() - 60000)) return;
    const said = words.content.querySelector("[data-kept-from]").cloneNode(true);
    said.querySelector("time").textContent = vigil.clock.text(keptAt);
    add(said, (node) => document.querySelector("#line > div").append(node));
  }
  function back() {
    root.classList.remove("is-away");
    for (const undo of marks.splice(0).reverse()) undo();
    // What was drawn here meanwhile makes room for what the server says.
    delete document.getElementById("live")?.dataset.version;
  }

  /* ---- pressed all the same, it says why, beside it ---- */
  function refuse(event, element) {
    event.preventDefault();
    event.stopImmediatePropagation();
    all("[data-said]").forEach((said) => said.remove());
    if (element.getAttribute("aria-describedby") !== "offline-network") return;
    const why = say(/emergency\/$/.test(element.pathname) ? "emergency" : "network");
    why.dataset.said = "";
    add(why, (node) => (element.closest("li, p, .seg, .nav, h2") || element).after(node));
  }
  document.addEventListener("click", (event) => {
    const element = event.target.closest(".is-offline");
    if (element) refuse(event, element);
  }, true);
  document.addEventListener("submit", (event) => {
    const button = event.submitter || event.target.querySelector("button.is-offline");
    if (button?.classList.contains("is-offline")) refuse(event, button);
  }, true);

  document.addEventListener("vigil:offline", away);
  document.addEventListener("vigil:online", back);
  if (vigil.clock?.offline()) away();
})();
