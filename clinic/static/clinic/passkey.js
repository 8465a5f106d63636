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
  const failed = (is) => { for (const element of all("[data-passkey-failed]")) element.hidden = !is; };
  document.addEventListener("allauth.error", (event) => { event.preventDefault(); failed(true); });

  /* ---- signing a form: asked for this form, answered once, and sent with it ---- */
  for (const button of all("[data-sign]")) {
    // Where that was not sent after all, a password typed instead is not outdone by the answer of before.
    button.form.elements.namedItem("signature")?.addEventListener("input", () => {
      button.form.elements.namedItem("signature_passkey").value = "";
    });
    button.addEventListener("click", async () => {
      const form = button.form;
      const field = (name) => form.elements.namedItem(name);
      failed(false);
      button.disabled = true;
      try {
        const body = new URLSearchParams({ form: field("entry_id").value, csrfmiddlewaretoken: field("csrfmiddlewaretoken").value });
        const answer = await fetch(button.dataset.sign, { method: "POST", body });
        if (!answer.ok) throw new Error(answer.status);
        const credential = await window.webauthnJSON.get(await answer.json());
        field("signature_passkey").value = JSON.stringify(credential);
        form.requestSubmit();
      } catch { failed(true); }
      button.disabled = false;
    });
  }
})();
