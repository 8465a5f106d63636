// What a page says of passkeys: offered where this browser has them, and not silent when one was not used. allauth's own
// script (mfa/js/webauthn.js) talks to the browser and sends the form.
(() => {
  "use strict";
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const numbers = /^[\d.]+$|:/.test(location.hostname);      // no passkey is made for 127.0.0.1
  if (window.PublicKeyCredential && !numbers) {
    for (const element of all("[data-passkeys]")) element.hidden = false;
    for (const element of all("[data-no-passkeys]")) element.hidden = true;
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    for (const element of all("[data-passkey-failed]")) element.hidden = false;
  });
})();
