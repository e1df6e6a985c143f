// Passkeys: a form with `data-passkey` is sent once the browser's own dialog has answered.

const webauthn = window.webauthnJSON;

/** What the server wants answered: with the page, or from the form's own address (`data-asks`). */
async function options(form) {
  if (!("asks" in form.dataset)) return JSON.parse(document.getElementById("js_data").textContent);
  const response = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

async function answer(form) {
  const asked = await options(form);
  if (form.dataset.passkey === "use") return webauthn.get(asked.request_options);
  // Known to the device by itself where it can be, so that it may also stand for the password.
  Object.assign(asked.creation_options.publicKey.authenticatorSelection, {
    residentKey: "preferred",
    requireResidentKey: false,
  });
  return webauthn.create(asked.creation_options);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const refused = form.querySelector("[data-refused]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    refused.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await answer(form));
      form.submit();
    } catch {
      refused.hidden = false; // closed by the person, or none on this device
    }
  });
}
