/** The words of the terminal. They come with the page, in the visitor's language; there are none in the scripts. */

import { jsonBlock } from "./dom.js";

/** @type {Record<string, string | Record<string, string>>} */
const words = jsonBlock("terminal-texts");
const language = document.documentElement.lang || "en";
const rules = new Intl.PluralRules(locale());

/**
 * A sentence with its {placeholders} filled in.
 *
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function text(key, values = {}) {
  return fill(String(words[key] ?? key), values);
}

/**
 * A sentence in the form that goes with a number, which stands for {n}.
 *
 * @param {string} key
 * @param {number} count
 * @param {Record<string, string | number>} [values]
 */
export function plural(key, count, values = {}) {
  const forms = /** @type {Record<string, string>} */ (words[key] ?? {});
  const form = forms[rules.select(Math.abs(count))] ?? forms.other ?? key;
  return fill(form, { n: number(count), ...values });
}

/**
 * Whether there is a sentence for this key.
 *
 * @param {string} key
 */
export function hasText(key) {
  return key in words;
}

/** @param {number} value */
export function number(value) {
  return new Intl.NumberFormat(locale()).format(value);
}

/**
 * The locale for numbers and dates: European English, and Luxembourg's German where a browser knows no Luxembourgish.
 */
export function locale() {
  if (language === "en") return "en-GB";
  return Intl.NumberFormat.supportedLocalesOf(language).length ? language : "de-LU";
}

/**
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 */
function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (match, name) => String(values[name] ?? match));
}
