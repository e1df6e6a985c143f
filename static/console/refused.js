// After a form was refused one is at its first mistake, which is read with what is said of it; else at what is said above.

addEventListener("load", () => {
  const said = document.querySelector(".errornote");
  if (!(said instanceof HTMLElement)) return;
  const wrong = [...document.querySelectorAll("[aria-invalid='true']")].find((field) => field.checkVisibility());
  if (!wrong) said.tabIndex = -1;
  const place = wrong ?? said;
  if (place instanceof HTMLElement) place.focus();
});
