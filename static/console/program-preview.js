/**
 * Shows beside the program's form what customers will see, a moment after the last key.
 *
 * The server draws it from the form as it stands, with the very templates and payloads of the card's page and the
 * wallets; nothing is saved by it.
 */

const PAUSE = 400; // milliseconds after the last key

const panel = document.getElementById("program-preview");
const form = panel?.closest("form");
if (panel && form) start(panel, form);

/**
 * @param {HTMLElement} panel
 * @param {HTMLFormElement} form
 */
function start(panel, form) {
  const frame = /** @type {HTMLIFrameElement} */ (panel.querySelector("[data-frame]"));
  const notes = /** @type {HTMLElement} */ (panel.querySelector("[data-notes]"));
  const language = /** @type {HTMLSelectElement} */ (panel.querySelector("[data-language]"));
  let timer = 0;
  let request = new AbortController();

  /** The form without its files: pictures are drawn once they are saved. */
  function question() {
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    body.set("preview_language", language.value);
    return body;
  }

  async function draw() {
    request.abort();
    request = new AbortController();
    try {
      const response = await fetch(panel.dataset.url ?? "", {
        method: "POST",
        body: question(),
        signal: request.signal,
      });
      if (response.ok) show(await response.json());
    } catch (error) {
      if (!(error instanceof DOMException)) console.warn("No preview:", error);
    }
  }

  /** @param {{document: string, notes: {level: string, text: string}[]}} answer */
  function show(answer) {
    if (answer.document) {
      const place = frame.contentWindow?.scrollY ?? 0;
      frame.addEventListener("load", () => frame.contentWindow?.scrollTo(0, place), { once: true });
      frame.srcdoc = answer.document;
    }
    notes.replaceChildren(
      ...answer.notes.map((note) => {
        const item = document.createElement("li");
        item.className = `note-${note.level}`;
        item.textContent = note.text;
        return item;
      }),
    );
  }

  function later() {
    clearTimeout(timer);
    timer = window.setTimeout(draw, PAUSE);
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  draw();
}
