/** Small helpers for the page. */

/**
 * The element with this id, which has to be there and of this kind.
 *
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind  e.g. HTMLButtonElement
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`#${id} is not on the page`);
  return found;
}

/**
 * An amount in large figures: its style shrinks them with their number, so that millions have room.
 *
 * @param {string} id
 * @param {string} words
 */
export function writeFigure(id, words) {
  const figure = byId(id, HTMLElement);
  figure.textContent = words;
  figure.style.setProperty("--length", String(words.length));
}

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {{class?: string | false, text?: string, hidden?: boolean} & Record<string, unknown>} [attributes]  true sets an
 *   empty attribute; false, null and undefined set none
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = String(value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

/**
 * What there is of these, with commas between.
 *
 * @param {...(Node | string | null | undefined | false)} parts
 * @returns {(Node | string)[]}
 */
export function listed(...parts) {
  const told = /** @type {(Node | string)[]} */ (parts.filter(Boolean));
  return told.flatMap((part, index) => (index ? [", ", part] : [part]));
}

/**
 * A name, which no browser should translate.
 *
 * @param {string | null | undefined} name
 */
export function named(name) {
  return name ? element("span", { text: name, translate: "no" }) : null;
}

/**
 * A decorative icon of icons.svg.
 *
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svg.namespaceURI, "use");
  use.setAttribute("href", iconAddress(name));
  svg.append(use);
  return svg;
}

/**
 * Show another icon in an <svg> that is on the page already.
 *
 * @param {Element} holder  an element with one icon in it
 * @param {string} name
 */
export function changeIcon(holder, name) {
  holder.querySelector("use")?.setAttribute("href", iconAddress(name));
}

/** @param {string} name */
function iconAddress(name) {
  return `${document.body.dataset.icons}#${name}`;
}

/**
 * The JSON of a <script type="application/json"> block.
 *
 * @param {string} id
 * @returns {any}
 */
export function jsonBlock(id) {
  return JSON.parse(byId(id, HTMLScriptElement).textContent ?? "null");
}

/**
 * Whether typing goes into a field just now, so that keys are not the terminal's.
 *
 * @param {Event} event
 */
export function isTyping(event) {
  const target = event.target;
  return (
    target instanceof HTMLElement &&
    target.matches("input:not([type=radio]):not([type=checkbox]), select, textarea")
  );
}
