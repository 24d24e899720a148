import { createHmac } from "node:crypto";
import { KeyturnError } from "../errors.js";

/** The form of what is signed and of the headers: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export interface SignedHeaders {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
}

/**
 * Signs a body by each of the keys, the newest first, so that a receiver may change over while a key is replaced. `id`: the
 * same however often it is sent, without a dot, which parts what is signed. `keys`: as `whsec_` and base64. Throws
 * `WebhookKeyInvalid` where the newest is none.
 */
export function signed(id: string, at: Date, body: string, keys: readonly string[]): SignedHeaders {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const [newest = "", ...older] = keys;
  // What stood there before the first key may be none.
  const all = [required(newest), ...older.flatMap((key) => bytesOf(key) ?? [])];
  const signatures = all.map((key) => {
    const mac = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    return `v1,${mac}`;
  });
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}

const KEY = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
/** Bytes, by that specification. */
const [SHORTEST, LONGEST] = [24, 64];

function bytesOf(key: string): Buffer | undefined {
  const bytes = Buffer.from(KEY.exec(key.trim())?.[1] ?? "", "base64");
  return bytes.length >= SHORTEST && bytes.length <= LONGEST ? bytes : undefined;
}

/** The value itself is nowhere in the error. */
function required(key: string): Buffer {
  const bytes = bytesOf(key);
  if (bytes) return bytes;
  throw new KeyturnError("InvalidSecretError", {
    code: "WebhookKeyInvalid",
    message: `The secret that notifications.webhook.key names is no signing key: store whsec_ and ${SHORTEST} to ${LONGEST} random bytes in base64, as "whsec_$(openssl rand -base64 32)".`,
  });
}
