// What alarms sound like, and that each is said once to whoever listens to the page. It reads data attributes and decides nothing.
(() => {
  "use strict";
  const KEY = "vigil.sound", SAID = "vigil.said";
  const URGENCY = ["due", "late", "oxygen"];
  const AGAIN = { late: 8000, oxygen: 4000 };          // milliseconds; a check that is due sounds once
  const TONES = {                                      // [hertz, seconds], one after the other; 0 hertz is silence
    due: [[660, .16], [0, .05], [880, .22]],
    late: [[784, .2], [0, .08], [784, .2], [0, .08], [784, .3]],
    oxygen: [[1047, .12], [0, .05], [880, .12], [0, .05], [698, .12], [0, .05], [587, .3]],
  };
  const Context = window.AudioContext || window.webkitAudioContext;
  const root = document.documentElement;
  const wanted = () => localStorage.getItem(KEY) === "on";
  const state = () => (!wanted() ? "off" : audio && audio.state === "running" ? "on" : "waits");
  // What was said to this person on this device, whatever tab or reload they come with; a hidden tab says nothing.
  const said = () => {
    const kept = JSON.parse(localStorage.getItem(SAID) || "{}");
    return new Set(kept.person === root.dataset.person ? kept.alarms : []);
  };
  let audio = null, last = { kind: "", at: -Infinity };
  const sounded = new Set();                           // alarms that sound once and did

  function wake() {
    if (!Context || !wanted()) return;
    if (!audio) {
      audio = new Context();
      audio.onstatechange = show;
    }
    if (audio.state !== "running") audio.resume();
  }

  function play(kind) {
    let at = audio.currentTime + .02;
    for (const [hertz, seconds] of TONES[kind]) {
      if (hertz) {
        const tone = audio.createOscillator(), volume = audio.createGain();
        tone.frequency.value = hertz;
        volume.gain.setValueAtTime(0, at);
        volume.gain.linearRampToValueAtTime(kind === "due" ? .15 : .35, at + .015);
        volume.gain.setValueAtTime(kind === "due" ? .15 : .35, at + seconds - .03);
        volume.gain.linearRampToValueAtTime(0, at + seconds);
        tone.connect(volume).connect(audio.destination);
        tone.start(at);
        tone.stop(at + seconds);
      }
      at += seconds;
    }
    root.dataset.sounded = kind;
  }

  /* ---- the button: browsers want one tap on the page before they let it sound ---- */
  function show() {
    const button = document.getElementById("alarm-sound");
    root.dataset.sound = state();
    if (!button || !Context || button.dataset.state === state()) return;
    button.dataset.state = state();
    button.hidden = false;
    button.lastElementChild.textContent = button.dataset[state()];
    button.setAttribute("aria-pressed", String(wanted()));
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#alarm-sound")) { wake(); return; }
    localStorage.setItem(KEY, state() === "on" || (wanted() && !Context) ? "off" : "on");
    if (wanted()) {
      wake();
      audio?.resume().then(() => { play("due"); show(); });
    }
    show();
  });
  document.addEventListener("keydown", wake);

  /* ---- what is sounding, and what was never said ---- */
  const voice = document.createElement("p");
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  voice.setAttribute("aria-live", "assertive");
  document.body.append(voice);

  const calls = () => Array.from(document.querySelectorAll("[data-alarm]")).filter((alarm) => alarm.dataset.sound);

  function say() {
    if (document.hidden) return;
    const heard = said();
    const fresh = calls().filter((alarm) => !heard.has(alarm.dataset.alarm));
    if (!fresh.length) return;
    for (const alarm of fresh) heard.add(alarm.dataset.alarm);
    localStorage.setItem(SAID, JSON.stringify({ person: root.dataset.person, alarms: Array.from(heard).slice(-200) }));
    voice.textContent = fresh.map((alarm) => alarm.dataset.say).join(". ");
  }

  function listen() {
    const calling = calls();
    show();
    if (state() !== "on") return;
    const kinds = calling
      .filter((alarm) => alarm.dataset.sound in AGAIN || !sounded.has(alarm.dataset.alarm))
      .map((alarm) => alarm.dataset.sound);
    const kind = URGENCY.findLast((each) => kinds.includes(each));
    if (!kind) return;
    const worse = URGENCY.indexOf(kind) > URGENCY.indexOf(last.kind);
    if (!worse && performance.now() - last.at < (AGAIN[kind] ?? 0)) return;
    play(kind);
    last = { kind, at: performance.now() };
    for (const alarm of calling) if (alarm.dataset.sound === "due") sounded.add(alarm.dataset.alarm);
  }

  wake();
  listen();
  // Said a second after the page: a live region that comes with its words in it is not read.
  setInterval(() => { say(); listen(); }, 1000);
  new MutationObserver(show).observe(document.getElementById("main"), { childList: true, subtree: true });
})();
