// Run by tests/clients/test_typescript.py, against the running site: what was prepared there is in the environment.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Client, NotGenuine, Problem, Unreachable, verify } from "../../clients/typescript/index.js";

const { SITE, LOSSY, CUT, ASTRAY, KEY, STORE, EMAIL, SECRET, MESSAGE } = process.env;
const clientOf = (baseUrl) => new Client({ baseUrl, apiKey: KEY, sleep: async () => {} });
const client = clientOf(SITE);
const isCode = (code) => (error) => error instanceof Problem && error.code === code;

test("it sells once, though the answer is lost twice", async () => {
  const card = await client.findCard(STORE, { q: EMAIL });
  const body = { purchase_amount_cents: 1250, order_reference: "R-1" };
  assert.equal((await client.quotePurchase(STORE, card.id, body)).points, 125);
  const sold = await clientOf(LOSSY).recordPurchase(STORE, card.id, body);
  assert.deepEqual([sold.card.points_balance, sold.card.stamp_count], [125, 1]);
  const back = await client.returnPurchase(STORE, sold.purchase.id, { reason: "Stale", amount_cents: 250 });
  assert.equal(back.card.points_balance, 100);
});

test("a refusal has its code, and silence its key", async () => {
  await assert.rejects(client.card(STORE, 999999), isCode("card_not_found"));
  await assert.rejects(new Client({ baseUrl: SITE, apiKey: "nobody" }).stores(), isCode("not_authenticated"));
  const options = { idempotencyKey: "mine" };
  await assert.rejects(
    clientOf(CUT).giveStamps(STORE, 1, {}, options),
    (error) => error instanceof Unreachable && error.idempotencyKey === "mine",
  );
});

test("what takes no key is sent once: nobody knows what a second one would do", async () => {
  await assert.rejects(clientOf(CUT).createEndpoint({ url: "https://shop.example/" }), Unreachable);
});

test("a key goes nowhere else, whoever says so", async () => {
  await assert.rejects(clientOf(ASTRAY).stores(), (error) => error instanceof Problem);
  await assert.rejects(
    clientOf(ASTRAY).call("POST", "", { body: {} }),
    (error) => error instanceof Problem && error.status === 302,
  );
});

test("a list is read to its end", async () => {
  const seen = [];
  for await (const card of client.each((page) => client.cards(STORE, { ...page, page_size: 1 }))) {
    seen.push(card.customer.email);
  }
  assert.deepEqual(seen.sort(), [EMAIL, "bea@example.com"]);
});

test("a message is believed if one of the secrets signed it", async () => {
  const { body, headers } = JSON.parse(MESSAGE);
  const now = Number(headers["webhook-timestamp"]);
  assert.equal((await verify(body, headers, ["whsec_AAAA", SECRET], now)).id, headers["webhook-id"]);
  const unbelieved = [
    [body, headers, "whsec_AAAA", now],
    [`${body} `, headers, SECRET, now],
    [body, headers, SECRET, now + 301],
    [body, {}, SECRET, now],
  ];
  for (const given of unbelieved) await assert.rejects(verify(...given), NotGenuine);
});
