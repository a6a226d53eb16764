// Passkeys: the one thing on our pages that a browser cannot do without a script. A button with data-ask (how to sign)
// or data-make (what to make) asks the browser, puts the answer into the form around it, and sends the form.
"use strict";

const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), letter => letter.charCodeAt(0));
const text = buffer =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function question(given) {
  const asked = JSON.parse(given);
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    for (const each of asked[list] || []) each.id = bytes(each.id);
  }
  return { publicKey: asked };
}

function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

async function use(button) {
  const form = button.form;
  const said = form.querySelector("[data-said]");
  if (button.dataset.make && !form.reportValidity()) return;
  said.hidden = true;
  try {
    const credential = button.dataset.make
      ? await navigator.credentials.create(question(button.dataset.make))
      : await navigator.credentials.get(question(button.dataset.ask));
    form.elements.passkey.value = answer(credential);
    form.submit();
  } catch (error) {
    const known = error.name === "InvalidStateError";
    said.textContent = known ? "This device has a passkey for this server already." : "Your browser has given no passkey.";
    said.hidden = false;
  }
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const button of document.querySelectorAll("[data-ask], [data-make]")) {
    button.hidden = false;
    button.addEventListener("click", () => use(button));
  }
}
