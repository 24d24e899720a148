import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { signed } from "../../src/webhook/sign.js";

const key = (bytes = 32) => `whsec_${randomBytes(bytes).toString("base64")}`;
const BODY = '{"type":"secret.rotation.failed","data":{"größe":"値"}}';
const accepts = (by: string, body: string, headers: object) =>
  new Webhook(by).verify(body, { ...headers } as Record<string, string>) !== undefined;

describe("a signature", () => {
  it("is the specification's own example, to the letter", () => {
    // From the reference libraries' tests.
    const headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", new Date(1614265330_000), '{"test": 2432232314}', [
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ]);
    expect(headers).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("is what the reference library verifies, by the new key and by the one before", () => {
    const [now, before] = [key(), key(24)];
    const headers = signed("msg_1", new Date(), BODY, [now, before]);
    expect(accepts(now, BODY, headers)).toBe(true);
    expect(accepts(before, BODY, headers)).toBe(true);
  });

  it("is refused by it for another body, id, time or key", () => {
    const own = key();
    const headers = signed("msg_1", new Date(), BODY, [own]);
    const later = String(Number(headers["webhook-timestamp"]) + 1);
    for (const [by, body, sent] of [
      [own, BODY.replace("failed", "succeeded"), headers],
      [own, BODY, { ...headers, "webhook-id": "msg_2" }],
      [own, BODY, { ...headers, "webhook-timestamp": later }],
      [own, BODY, signed("msg_1", new Date(Date.now() - 3_600_000), BODY, [own])],
      [key(), BODY, headers],
    ] as const)
      expect(() => accepts(by, body, sent)).toThrow();
  });

  it.each([
    ["nothing", ""],
    ["no prefix", randomBytes(32).toString("base64")],
    ["too short a key", key(23)],
    ["too long a key", key(65)],
    ["a JSON with the key in it", JSON.stringify({ password: key() })],
  ])("is not made with %s, and the error does not say the key", (_, wrong) => {
    const attempt = () => signed("msg_1", new Date(), BODY, [wrong]);
    expect(attempt).toThrow(/^WebhookKeyInvalid: /);
    if (wrong) expect(attempt).not.toThrow(wrong);
  });
});
