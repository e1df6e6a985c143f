/** The rewards of a card: what is within reach can be chosen, the rest says what is missing. */

import { rewardName } from "./card-view.js";
import { byId, element } from "./dom.js";
import { balances, nameOf } from "./format.js";
import { openSheet } from "./sheet.js";
import { plural, text } from "./texts.js";

/** @import { Card, CardReward, Facts } from "./types.js" */

/** What is chosen when it is the reward of a full card. */
export const STAMP_REWARD = "stamps";

/**
 * @param {Card} card
 * @param {Facts} facts
 * @param {AbortSignal} signal  the sheet closes with it
 * @returns {Promise<string | null>}  the id of a reward, STAMP_REWARD, or null if nothing was chosen
 */
export function chooseReward(card, facts, signal) {
  const rows = card.rewards.map((reward) => {
    return row(String(reward.id), reward.name, plural("points", reward.points_cost), whyNot(reward));
  });
  if (facts.program.loyalty_type === "hybrid") rows.unshift(stampRow(card));
  byId("rewards", HTMLElement).replaceChildren(...rows);
  byId("rewards-whose", HTMLElement).textContent = nameOf(card);
  byId("rewards-balance", HTMLElement).textContent = balances(card, facts);
  return openSheet(byId("rewards-sheet", HTMLDialogElement), signal);
}

/** @param {Card} card */
function stampRow(card) {
  const missing = card.stamps_until_reward;
  const reason = missing > 0 ? plural("stamps_missing", missing) : "";
  return row(STAMP_REWARD, rewardName(card), plural("stamps", card.stamps_target), reason);
}

/** @param {CardReward} reward */
function whyNot(reward) {
  if (reward.affordable) return "";
  return reward.missing > 0 ? plural("points_missing", reward.missing) : text("reward_not_yet");
}

/**
 * @param {string} value
 * @param {string} name
 * @param {string} cost
 * @param {string} reason  why it cannot be had, empty if it can
 */
function row(value, name, cost, reason) {
  const button = element(
    "button",
    { type: "button", class: "choice", "data-value": value, "aria-disabled": reason ? "true" : "false" },
    element("span", {}, element("b", { text: name }), element("small", { text: cost })),
    element("span", { class: "choice-side" }, element("small", { text: reason || text("affordable") })),
  );
  return element("li", {}, button);
}
