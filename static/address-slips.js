/** Slips in e-mail addresses, like gmail.con: they are asked about, and nothing is changed unless somebody says so. */

const SHORTEST = 8;
/** Ends that there are nowhere in the world, and what they were meant to be. */
const NO_ENDS = /\.(?:con|cmo|ocm|vom|xom|comm)$/;
/** Houses that many write to; some of them differ by one letter, and none of them is a slip of another. */
const HOUSES = (
  "gmail.com googlemail.com outlook.com outlook.fr outlook.de hotmail.com hotmail.fr hotmail.de hotmail.be " +
  "hotmail.it hotmail.es live.com live.fr live.be live.nl yahoo.com yahoo.fr yahoo.de yahoo.it yahoo.es icloud.com " +
  "me.com mac.com mail.com ymail.com email.com gmx.com gmx.de gmx.net gmx.at gmx.ch gmx.fr web.de t-online.de " +
  "freenet.de orange.fr free.fr laposte.net wanadoo.fr sfr.fr proton.me protonmail.com pt.lu internet.lu vo.lu " +
  "education.lu skynet.be telenet.be"
).split(" ");

/**
 * What an address may have been meant to be.
 *
 * @param {string} address
 * @returns {string | null}  null if it looks right
 */
export function meant(address) {
  const [, person, domain] = /^(.+)@([^@]+)$/.exec(address.trim()) ?? [];
  const typed = domain?.toLowerCase();
  if (!typed || HOUSES.includes(typed)) return null;
  const house = HOUSES.find((known) => known.length >= SHORTEST && isOneSlipAway(typed, known));
  if (house) return `${person}@${house}`;
  return NO_ENDS.test(typed) ? `${person}@${typed.replace(NO_ENDS, ".com")}` : null;
}

/**
 * One letter wrong, missing, too many, or two that changed places.
 *
 * @param {string} typed
 * @param {string} known
 */
function isOneSlipAway(typed, known) {
  let from = 0;
  while (from < known.length && typed[from] === known[from]) from += 1;
  const [left, right] = [typed.slice(from), known.slice(from)];
  const isSwapped = left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2);
  return (
    left.slice(1) === right.slice(1) ||
    left === right.slice(1) ||
    left.slice(1) === right ||
    (left.length > 1 && isSwapped)
  );
}

/**
 * Ask below a field whether an address was meant otherwise; its `data-slip` holds the question, with {address}.
 *
 * @param {HTMLInputElement} field
 */
export function askAboutSlips(field) {
  const place = document.createElement("p");
  place.className = "slip";
  place.setAttribute("role", "status");
  field.after(place);
  field.addEventListener("change", () => {
    const address = meant(field.value);
    place.replaceChildren(...(address ? question(field, address) : []));
  });
  // Mended by hand, the question goes while one types: it would pull the button away from under a finger
  field.addEventListener("input", () => {
    if (!meant(field.value)) place.replaceChildren();
  });
  field.form?.addEventListener("reset", () => place.replaceChildren());
}

/**
 * @param {HTMLInputElement} field
 * @param {string} address
 * @returns {(Node | string)[]}
 */
function question(field, address) {
  const [before = "", after = ""] = (field.dataset.slip ?? "").split("{address}");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "slip-answer";
  button.textContent = address;
  button.translate = false;
  button.addEventListener("click", () => {
    field.value = address;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
  if (after.trim().length > 1) return [before, button, after];
  const end = document.createElement("span"); // a question mark alone begins no line
  end.className = "slip-end";
  end.append(button, after);
  return [before, end];
}
