/** The code alone on a white sheet, while the screen is kept awake. */

/** @param {HTMLDialogElement} dialog */
function keepAwakeWhileOpen(dialog) {
  /** @type {WakeLockSentinel | undefined} */
  let lock;

  const hold = async () => {
    try {
      lock = await navigator.wakeLock?.request("screen");
    } catch {
      // A low battery refuses it; the code can be scanned all the same.
    }
  };

  // The system lets go whenever the page is hidden, for a message or a call.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && dialog.open) hold();
  });
  dialog.addEventListener("close", () => lock?.release());
  return hold;
}

/** Let every button with data-opens="id" open the dialog of that id. */
export function setUpFullScreen() {
  for (const button of document.querySelectorAll("[data-opens]")) {
    const dialog = document.getElementById(button.getAttribute("data-opens") ?? "");
    if (!(dialog instanceof HTMLDialogElement)) continue;
    const hold = keepAwakeWhileOpen(dialog);
    button.addEventListener("click", () => {
      dialog.showModal();
      hold();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }
}
