// What this device keeps, it keeps sealed: AES-GCM under a key that the server puts into pages for whoever is signed in, and
// that is never written down here (docs/decisions/0023).
//   vigil.keep.able                  whether anything can be kept: over https (or on this machine), with a key, with storage
//   vigil.keep.seal(text)            -> {iv, data}, to put away as it is; null where nothing can be kept
//   vigil.keep.open(sealed)          -> text, or null where it was sealed under another key
//   vigil.keep.word(text)            -> the same opaque word for the same text
//   vigil.keep.now()                 the server's clock carried on (clock.js)
//   vigil.keep.rows(store, mode, work, durability)   one transaction; done when it is written
(() => {
  "use strict";
  const root = document.documentElement;
  const subtle = window.crypto?.subtle;
  const raw = root.dataset.keepKey;
  const able = Boolean(subtle && raw && window.indexedDB);
  const inBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  // Brought in once, so that sealing a keystroke waits for nothing.
  const key = able ? subtle.importKey("raw", inBytes(raw), "AES-GCM", false, ["encrypt", "decrypt"]) : null;
  const words = able ? subtle.importKey("raw", inBytes(raw), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]) : null;

  async function seal(text) {
    if (!able) return null;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await subtle.encrypt({ name: "AES-GCM", iv }, await key, new TextEncoder().encode(text)) };
  }
  async function open(sealed) {
    if (!able || !sealed) return null;
    try {
      return new TextDecoder().decode(await subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, await key, sealed.data));
    } catch {
      return null;
    }
  }
  async function word(text) {
    const signed = new Uint8Array(await subtle.sign("HMAC", await words, new TextEncoder().encode(text)));
    return Array.from(signed.slice(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /* ---- one database: drafts, by place; outbox and opened, in their order ---- */
  let opened = null;
  const database = () => (opened ||= new Promise((resolve, reject) => {
    const asked = indexedDB.open("vigil", 2);
    asked.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) {
        asked.result.createObjectStore("drafts", { keyPath: "key" });
        asked.result.createObjectStore("outbox", { keyPath: "id", autoIncrement: true }).createIndex("entry", "entry", { unique: true });
      }
      asked.result.createObjectStore("opened", { keyPath: "id", autoIncrement: true });
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { opened = null; asked.result.close(); };
      asked.result.onclose = () => { opened = null; };       // the browser may end it: the next one opens it anew
      resolve(asked.result);
    };
    asked.onerror = () => { opened = null; reject(asked.error); };
  }));
  async function rows(name, mode, work, durability = "relaxed") {
    const transaction = (await database()).transaction(name, mode, { durability });
    return new Promise((resolve, reject) => {
      const asked = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(asked?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }

  vigil.keep = { able, seal, open, word, rows, now: vigil.clock.now };
})();
