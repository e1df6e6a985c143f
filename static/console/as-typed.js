/** What a form says, asked of the server a moment after the last key; an older answer never comes after a newer one. */

const PAUSE = 400; // milliseconds after the last key

/**
 * @template Answer
 * @param {HTMLFormElement} form
 * @param {string} url
 * @param {(answer: Answer) => void} show
 * @param {(body: FormData) => void} [complete] adds to what is sent
 */
export function askAsTyped(form, url, show, complete) {
  let timer = 0;
  let request = new AbortController();

  /** The form without its files: pictures are drawn once they are saved. */
  function question() {
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    complete?.(body);
    return body;
  }

  async function ask() {
    request.abort();
    request = new AbortController();
    try {
      const response = await fetch(url, { method: "POST", body: question(), signal: request.signal });
      if (response.ok) show(await response.json());
    } catch (error) {
      if (!(error instanceof DOMException)) console.warn("No preview:", error);
    }
  }

  function later() {
    clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE);
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  return ask;
}

/**
 * @param {string} text
 * @param {string} [className]
 */
export function item(text, className = "") {
  const made = document.createElement("li");
  made.className = className;
  made.textContent = text;
  return made;
}
