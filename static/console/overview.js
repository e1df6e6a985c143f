// The overview follows its two lists at once; without script their button does.

const choice = document.getElementById("overview-choice");
if (choice instanceof HTMLFormElement) {
  choice.querySelector("button")?.setAttribute("hidden", "");
  choice.addEventListener("change", () => choice.requestSubmit());
}
