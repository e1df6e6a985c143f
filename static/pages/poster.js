/** The button that prints the poster. */

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
