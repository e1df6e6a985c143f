/**
 * Shows beside the form how an e-mail looks, in every language, while its text is being written.
 *
 * The server does the rendering (with a real card's data, in the same sandbox as when e-mails are sent); this
 * module sends it the form a moment after the last key, and shows the language that is being written.
 */

const PAUSE = 400; // milliseconds after the last key

const panel = document.querySelector("[data-preview]");
if (panel) start(panel);

/** @param {HTMLElement} panel */
function start(panel) {
  const form = panel.closest("form");
  const part = (name) => panel.querySelector(`[data-${name}]`);
  let shown = document.documentElement.lang.slice(0, 2);
  let answer = null;
  let answeredCode = ""; // the e-mail that the answer is about
  let timer = 0;
  let request = new AbortController();

  /** What the preview is asked about; e-mail and store of a saved text are not fields of the form any more. */
  function question() {
    const body = new FormData(form);
    if (panel.dataset.code) {
      body.set("code", panel.dataset.code);
      body.set("store", panel.dataset.store);
    }
    return body;
  }

  async function ask() {
    clearTimeout(timer);
    const body = question();
    if (!body.get("code")) return;
    request.abort();
    request = new AbortController();
    try {
      const response = await fetch(panel.dataset.url, { method: "POST", body, signal: request.signal });
      if (!response.ok) return;
      answer = await response.json();
      answeredCode = body.get("code");
      show();
    } catch (error) {
      if (error.name !== "AbortError") console.warn("No preview:", error);
    }
  }

  function show() {
    const language = answer.languages.find((one) => one.language === shown) ?? answer.languages[0];
    part("choose").hidden = true;
    part("shown").hidden = false;
    part("languages").replaceChildren(...answer.languages.map((one) => languageButton(one, one === language)));
    const problem = part("problem");
    problem.hidden = !language.problem;
    problem.textContent = language.line
      ? `${panel.dataset.line} ${language.line}: ${language.problem}`
      : language.problem;
    part("subject").textContent = language.subject;
    part("letter").hidden = !language.html;
    part("letter").srcdoc = language.html;
    part("text").textContent = language.text;
    part("plain").hidden = !language.text;
    part("variables").replaceChildren(...answer.variables.map(variableRow));
    part("begin").hidden = emptyFields().length === 0;
  }

  function languageButton(one, isShown) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.problem ? `${one.name} ⚠` : one.name;
    button.setAttribute("aria-pressed", String(isShown));
    button.addEventListener("click", () => {
      shown = one.language;
      show();
      part("languages").querySelector("[aria-pressed=true]").focus();
    });
    return button;
  }

  function variableRow({ name, meaning, value }) {
    const row = document.createElement("tr");
    for (const text of [`{{ ${name} }}`, meaning, value]) {
      row.append(Object.assign(document.createElement("td"), { textContent: text }));
    }
    return row;
  }

  /** The fields that are empty although the platform has words for them. */
  function emptyFields() {
    return Object.entries(answer.platform)
      .map(([name, words]) => ({ field: form.elements.namedItem(name), words }))
      .filter(({ field, words }) => field && words && !field.value.trim());
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }

  part("begin").addEventListener("click", () => {
    for (const { field, words } of emptyFields()) field.value = words;
    form.dispatchEvent(new Event("input"));
  });
  form.addEventListener("input", soon);
  form.addEventListener("change", () => {
    if (question().get("code") !== answeredCode) part("begin").hidden = true;
    ask();
  });
  form.addEventListener("focusin", ({ target }) => {
    const language = /^(?:subject|body)_(\w\w)$/.exec(target.name ?? "")?.[1];
    if (!language || language === shown) return;
    shown = language;
    if (answer) show();
  });
  ask();
}
