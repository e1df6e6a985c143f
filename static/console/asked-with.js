/**
 * Shows of a form what its choices ask for: an input with `data-asked-with` and `data-choices` only with one of these.
 *
 * Without script all of it is there; the server leaves out what is not asked for, so it is the same that is saved.
 */

const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-asked-with]"));

for (const input of inputs) {
  const chooser = /** @type {HTMLSelectElement | null} */ (
    input.form?.elements.namedItem(input.dataset.askedWith ?? "")
  );
  const line = /** @type {HTMLElement | null} */ (input.closest(`.field-${input.name}`));
  if (!chooser || !line) continue;
  const choices = (input.dataset.choices ?? "").split(" ");
  const show = () => {
    line.hidden = !choices.includes(chooser.value);
    const row = line.parentElement;
    if (row) row.hidden = [...row.children].every((each) => each instanceof HTMLElement && each.hidden);
  };
  chooser.addEventListener("change", show);
  show();
}
