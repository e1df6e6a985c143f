// Verifies webhooks: messages of Standard Webhooks, signed with an endpoint's secret.

const TOLERANCE = 300; // seconds that a message may be old, or ahead

/** A message that the site did not send, or sent long ago: answer 400, and do nothing. */
export class NotGenuine extends Error {}

/** The event in a message, if one of the secrets has signed it. Its `id` is the same whenever it is repeated. */
export async function verify(body, headers, secrets, now = Date.now() / 1000) {
  const small = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const { "webhook-id": id, "webhook-timestamp": sent, "webhook-signature": signed } = small;
  if (!id || !signed || !/^\d+$/.test(sent ?? "")) throw new NotGenuine("a header is missing or means nothing");
  if (Math.abs(now - Number(sent)) > TOLERANCE) throw new NotGenuine("too old, or ahead");
  const content = new TextEncoder().encode(`${id}.${sent}.${body}`);
  for (const secret of [secrets].flat()) {
    const key = await keyOf(secret);
    for (const signature of signed.split(" ")) {
      if (!signature.startsWith("v1,")) continue;
      if (await crypto.subtle.verify("HMAC", key, bytes(signature.slice(3)), content)) {
        const { type, timestamp, data } = JSON.parse(body);
        return { id, type, timestamp, data };
      }
    }
  }
  throw new NotGenuine("no signature fits");
}

function keyOf(secret) {
  const raw = bytes(secret.replace(/^whsec_/, ""));
  return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function bytes(base64) {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
