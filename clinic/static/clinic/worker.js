// What a device keeps for when no server answers (docs/decisions/0024). The server puts `VIGIL` before it: what there is
// to keep. Files carry no data and are kept as they are; pages of an enrolled tablet are kept sealed under its key, which
// is only in the memory of this worker and of open pages, as is who may open the lock.
"use strict";
const FILES = `vigil-${VIGIL.version}`;
const MINUTE = 60000;
const LONGEST = 12 * 60 * MINUTE;          // a page kept for longer says nothing of now
const PATIENCE = 3000;                     // for so long the server is waited for before a kept page is shown
const AHEAD = 10000;                       // what was fetched ahead of a touch is true for so long
const ROUNDS = 310000;
const TRIES = 5;

/* ---- files ---- */
addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(FILES);
  await cache.addAll(VIGIL.files.map((file) => new Request(file, { cache: "no-cache" })));
  const page = await fetch(VIGIL.offline, { credentials: "omit", cache: "no-cache" });      // as nobody: it is kept in clear
  if (!page.ok) throw new Error(String(page.status));
  await cache.put(VIGIL.offline, page);
  await skipWaiting();
})()));
addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name !== FILES);
  for (const name of old) await caches.delete(name);
  await clients.claim();
  await drop((page) => old.length || Math.abs(Date.now() - page.wall) > LONGEST);        // old pages want old files
})()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") { ahead.clear(); return; }                  // what was fetched before it is not true after it
  if (url.pathname.startsWith(VIGIL.static)) event.respondWith(caches.match(request).then((file) => file || fetch(request)));
  else if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (request.headers.get("X-Requested-With") === "refresh" && isKept(url)) event.respondWith(part(event, url));
});

/* ---- who is at this device: the key, the server's clock, the lock. Nothing of it is ever written down. ---- */
let known = null;
let candidate = null;                      // what somebody came in with, until a page says that they did
let turn = 0;                              // grows when somebody leaves: what they asked for and comes later is nobody's
const steady = () => performance.now();
const serverNow = () => new Date(known.server + Math.max(Date.now() - known.wall, steady() - known.steady));
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function meet(said) {
  const same = known?.person === said.person && known.key === said.key;
  const before = same ? known : {};
  const sealing = before.sealing || await crypto.subtle.importKey("raw", bytes(said.key), "AES-GCM", false, ["encrypt", "decrypt"]);
  const came = candidate && steady() - candidate.at < 5 * MINUTE && (await candidate.made);
  known = { tries: 0, ...before, ...said, sealing, server: Date.parse(said.now), wall: Date.now(), steady: steady() };
  if (came) Object.assign(known, { verifier: came, tries: 0, locked: false });
  candidate = null;
  if (came) tell({ kind: "hold", verifier: known.verifier, tries: 0 });
  if (!same) await drop((kept) => kept.person !== said.person);
}
// The browser may have stopped this worker meanwhile; then open pages know.
async function who() {
  if (known) return known;
  for (const client of await clients.matchAll({ type: "window", includeUncontrolled: true })) {
    const said = await new Promise((answer) => {
      const line = new MessageChannel();
      line.port1.onmessage = (event) => answer(event.data);
      setTimeout(answer, 500);
      client.postMessage({ kind: "who" }, [line.port2]);
    });
    if (said?.key && !known) await meet(said);
  }
  return known;
}
async function tell(said) {
  for (const client of await clients.matchAll({ type: "window", includeUncontrolled: true })) client.postMessage(said);
}
function forget() {
  known = null;
  turn += 1;
  ahead.clear();
  return tell({ kind: "forget" });
}

/* ---- kept pages ---- */
const isKept = (url) => (!url.search || url.pathname === "/") && VIGIL.kept.some((pattern) => new RegExp(pattern).test(url.pathname));
const store = async (mode, work) => {
  const database = await new Promise((done, failed) => {
    const opening = indexedDB.open("vigil-pages", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("pages", { keyPath: "address" });
    opening.onsuccess = () => done(opening.result);
    opening.onerror = () => failed(opening.error);
  });
  try {
    return await new Promise((done, failed) => {
      const transaction = database.transaction("pages", mode);
      const asked = work(transaction.objectStore("pages"));
      transaction.oncomplete = () => done(asked?.result);
      transaction.onabort = transaction.onerror = () => failed(transaction.error);
    });
  } finally {
    database.close();
  }
};
const keptPages = () => store("readonly", (pages) => pages.getAll());
async function drop(which) {
  const gone = (await keptPages()).filter(which);
  if (gone.length) await store("readwrite", (pages) => { for (const page of gone) pages.delete(page.address); });
}
const attribute = (html, name) => new RegExp(`^[^]*?<html[^>]* ${name}="([^"]*)"`).exec(html)?.[1] || "";

// A whole page as it came: who is at the device is read from it, what may not be read on the disk is taken out.
async function keep(url, html) {
  const said = { key: attribute(html, "data-keep-key"), person: attribute(html, "data-person"), author: attribute(html, "data-author"), now: attribute(html, "data-server-now") };
  if (!said.key || !said.author || /^[^]*?<html[^>]* data-glass[ >]/.test(html)) return;
  said.token = /name="csrfmiddlewaretoken" value="([^"]*)"/.exec(html)?.[1];
  await meet(said);
  await write(url.pathname, html.replace(/<div class="messages">[^]*?(?=<main )/, "").replace(/ data-keep-key="[^"]*"/, ""), said.now);
}
async function write(address, html, server) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const { sealing, person } = known;
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, sealing, new TextEncoder().encode(html));
  await store("readwrite", (pages) => pages.put({ address, person, server, wall: Date.now(), iv, sealed }));
}
async function read(address) {
  const kept = await store("readonly", (pages) => pages.get(address));
  if (!kept || kept.person !== known.person || serverNow() - Date.parse(kept.server) > LONGEST) return null;
  try {
    const html = new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, known.sealing, kept.sealed));
    return { ...kept, html };
  } catch { return null; }                                                  // sealed under another key: another tablet, once
}
// As it is shown: with the server's clock carried on, the marks by which scripts know that it was kept, and a number of
// their own for what is typed into its forms.
async function copyOf(url) {
  if (!isKept(url) || !await who()) return null;
  const kept = await read(url.pathname);
  if (!kept) return null;
  const now = serverNow().toISOString();
  let html = kept.html
    .replace(/ data-server-now="[^"]*"/, ` data-server-now="${now}" data-kept data-kept-at="${kept.server}" data-keep-key="${known.key}"${known.locked ? ' class="is-locked" data-locked' : ""}`)
    .replace(/ data-author="[^"]*"/, ` data-author="${known.author}"`);
  html = html.replace(/<input [^>]*name="entry_id"[^>]*>/g, (field) => field.replace(/value="[^"]*"/, `value="${crypto.randomUUID()}"`));
  if (known.token) html = html.replace(/(name="csrfmiddlewaretoken" value=")[^"]*/g, `$1${known.token}`);
  return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" } });
}

/* ---- navigation: the server first, for a bounded time ---- */
async function page(event, url) {
  const asked = turn;
  const answer = takeAhead(url) || fetch(event.request);
  event.waitUntil(answer.then((given) => remember(url, given.clone(), asked), () => null));
  const late = new Promise((slow) => setTimeout(slow, PATIENCE));
  const given = await Promise.race([answer.catch(() => null), late]);
  if (given && given.status < 502) return given;
  return await copyOf(url) || await answer.catch(() => null) || offlinePage();
}
async function remember(url, answer, asked) {
  if (asked !== turn) return null;
  if (answer.status === 401) return forget();
  if (answer.status !== 200 || answer.redirected || !isKept(url)) return null;
  const html = await answer.text();
  return asked === turn ? keep(url, html) : null;
}
async function offlinePage() {
  const page = await caches.match(VIGIL.offline);
  if (!page || !await who()) return page || Response.error();
  const html = (await page.text()).replace("<html ", `<html data-known${known.locked ? " data-locked" : ""} `);
  return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}
// The part that an open page fetched anew: its kept copy is as new. "Nothing new" moves only its time, once a minute.
async function part(event, url) {
  const asked = turn;
  const answer = await fetch(event.request);
  event.waitUntil(renew(url, answer.clone(), asked));
  return answer;
}
async function renew(url, answer, asked) {
  if (asked !== turn) return null;
  if (answer.status === 401) return forget();
  if (answer.redirected || ![200, 304].includes(answer.status) || !await who()) return null;
  const now = answer.headers.get("X-Server-Now");
  Object.assign(known, { server: Date.parse(now), wall: Date.now(), steady: steady() });
  const kept = await read(url.pathname);
  if (!kept || (answer.status === 304 && Date.now() - kept.wall < MINUTE)) return null;
  const fresh = await answer.text();
  if (asked !== turn) return null;
  const html = answer.status === 304 ? kept.html : kept.html.replace(/(<main [^>]*>)[^]*(<\/main>)/, (_, opens, closes) => opens + fresh + closes);
  return write(url.pathname, html, now);
}

/* ---- ahead of a touch, and for when it is needed ---- */
const ahead = new Map();
function takeAhead(url) {
  const found = ahead.get(url.pathname + url.search);
  ahead.delete(url.pathname + url.search);
  return found && steady() - found.at < AHEAD ? found.answer : null;
}
function fetchAhead(address) {
  const url = new URL(address, location.origin);
  if (!isKept(url) || steady() - (ahead.get(address)?.at ?? -AHEAD) < AHEAD) return;
  const answer = fetch(url, { redirect: "manual", headers: { "X-Requested-With": "ahead" } });
  answer.then((given) => { if (given.status !== 200) ahead.delete(address); }, () => ahead.delete(address));
  ahead.set(address, { at: steady(), answer });
  setTimeout(() => { if (ahead.get(address)?.answer === answer) ahead.delete(address); }, AHEAD);
}
let warming = false;
async function warm(wanted) {
  if (warming || !await who()) return;
  warming = true;
  try {
    const ages = new Map((await keptPages()).map((kept) => [kept.address, kept.person === known.person ? Date.now() - kept.wall : Infinity]));
    for (const [address, age] of wanted) {
      const url = new URL(address, location.origin);
      if (!isKept(url) || (ages.get(address) ?? Infinity) < age) continue;
      const asked = turn;
      const answer = await fetch(url, { redirect: "manual", headers: { "X-Requested-With": "keep" }, signal: AbortSignal.timeout(10000) });
      await remember(url, answer, asked);
    }
  } catch { /* no answer: another time */ } finally { warming = false; }
}

/* ---- the lock, while the server cannot be asked: what was come in with, stretched and salted ---- */
async function stretch(secret, salt) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "PBKDF2", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, typed, 256));
}
async function verifierOf(secret) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt, stretched: await stretch(secret, salt) };
}
async function open(secret) {
  if (!(await who())?.verifier || known.tries >= TRIES) return { left: 0, able: false };
  const { salt, stretched } = known.verifier;
  const typed = await stretch(secret, salt);
  const right = typed.every((byte, at) => byte === stretched[at]);
  known.tries = right ? 0 : known.tries + 1;
  if (right) known.locked = false;
  const left = TRIES - known.tries;
  await tell(left ? { kind: "hold", tries: known.tries, verifier: known.verifier } : { kind: "forget" });
  if (!left) known = null;                                                  // and every page with it: hidden until online
  return { open: right, left, able: left > 0 };
}

/* ---- what pages say ---- */
const HEARD = {
  here: async (said) => { await meet(said); return { able: Boolean(known.verifier), verifier: known.verifier, tries: known.tries }; },
  hold: async () => (await who()) && { verifier: known.verifier, tries: known.tries },      // for a page that was kept
  forget: (said) => { if (!said.half) candidate = null; return forget(); },
  "came-in": (said) => { candidate = { at: steady(), made: verifierOf(said.secret) }; return candidate.made; },
  locked: async () => { if (await who()) known.locked = true; return { able: Boolean(known?.verifier) && known.tries < TRIES }; },
  open: (said) => open(said.secret),
  ahead: (said) => fetchAhead(said.address),
  warm: (said) => warm(said.wanted),
  kept: async () => (await who()) ? (await keptPages()).filter((kept) => kept.person === known.person).map((kept) => kept.address) : [],
};
addEventListener("message", (event) => event.waitUntil((async () => {
  const answer = await HEARD[event.data.kind]?.(event.data);
  event.ports[0]?.postMessage(answer);
})()));
