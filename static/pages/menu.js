/** The language menu closes like a menu: with Escape, and by a tap elsewhere. Without scripts it is a disclosure. */

/** @type {HTMLDetailsElement | null} */
const menu = document.querySelector(".language-menu");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu?.open) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

document.addEventListener("click", (event) => {
  if (menu && !menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
});
