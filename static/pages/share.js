/** The invitation of friends: handed to what the device shares with, or else copied. */

/**
 * @param {string} url
 * @param {string} text
 * @returns {Promise<boolean>} whether it was copied, so that somebody has to be told
 */
async function handOn(url, text) {
  if (navigator.share) {
    await navigator.share({ url, text });
    return false;
  }
  await navigator.clipboard.writeText(url);
  return true;
}

export function setUpSharing() {
  const button = document.querySelector("[data-share]");
  if (!(button instanceof HTMLElement) || !(navigator.share || navigator.clipboard)) return;
  const said = document.querySelector("[data-share-said]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { share = "", shareText = "", copied = "" } = button.dataset;
    // Who closes the menu of their device has changed their mind; the address stands above for everything else.
    const isCopied = await handOn(share, shareText).catch(() => false);
    if (isCopied && said) said.textContent = copied;
  });
}
