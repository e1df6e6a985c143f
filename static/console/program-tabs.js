/**
 * Shows of the program's tabs those of its kind: no points on a program of stamps, no stamps on one of points.
 *
 * Only the way to a tab is taken away. Its fields stay in the form, and come back with the kind.
 */

/** Kinds, by a field of the tab that is theirs. */
const KINDS = {
  id_stamps_target: ["stamps", "hybrid"],
  id_points_per_euro: ["points", "hybrid"],
};
const REWARDS = '#tabs-items a[href="#rewards"]'; // what points buy

const kind = /** @type {HTMLSelectElement | null} */ (document.getElementById("id_loyalty_type"));
if (kind) {
  kind.addEventListener("change", () => show(kind.value));
  show(kind.value);
}

/** @param {string} chosen */
function show(chosen) {
  for (const [field, kinds] of Object.entries(KINDS)) {
    const tab = tabOf(field);
    if (tab) tab.hidden = !kinds.includes(chosen);
  }
  const rewards = /** @type {HTMLElement | null} */ (document.querySelector(REWARDS));
  if (rewards) rewards.hidden = chosen === "stamps";
}

/**
 * The link that opens the tab with a field: they stand in the order of their contents.
 *
 * @param {string} field
 */
function tabOf(field) {
  const content = document.getElementById(field)?.closest(".tab-wrapper");
  const all = content?.parentElement;
  if (!content || !all) return null;
  const number = [...all.querySelectorAll(":scope > .tab-wrapper")].indexOf(content);
  const links = all.parentElement?.querySelectorAll("nav a") ?? [];
  return /** @type {HTMLElement | undefined} */ (links[number]);
}
