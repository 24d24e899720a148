import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { post } from "../../src/webhook/post.js";
import { receiver } from "./receiver.js";

let there: Awaited<ReturnType<typeof receiver>>;
beforeAll(async () => {
  there = await receiver();
});
afterAll(() => there.stop());

/** A server that takes it and says nothing. However slow the machine is, that is how it ends. */
const silent = () => {
  there.answers.push([0]);
  return send({ timeoutMs: 200 });
};

const send = (more: { url?: string; ca?: string[] | undefined; timeoutMs?: number } = {}) =>
  post({ url: there.url, headers: { "webhook-id": "msg_1" }, body: "{}", ca: [there.ca], ...more });

describe("what is sent", () => {
  it("arrives as JSON, with its headers, and an answer that is good is all", async () => {
    await send();
    expect(there.received.at(-1)).toMatchObject({
      path: "/keyturn",
      body: "{}",
      headers: { "content-type": "application/json", "webhook-id": "msg_1" },
    });
  });

  it.each([300, 301, 307, 400, 404, 410, 429, 500, 503])("has failed where the answer is %i", async (status) => {
    there.answers.push([status]);
    await expect(send()).rejects.toThrow(new RegExp(`^WebhookRefused: localhost answered with ${status}`));
  });

  it("follows no redirect", async () => {
    there.answers.push([307, { location: `${there.url}/elsewhere` }]);
    await expect(send()).rejects.toThrow(/^WebhookRefused: /);
    expect(there.received.at(-1)?.path).toBe("/keyturn");
  });

  it.each([
    ["a certificate of nobody's whom it trusts", () => send({ ca: undefined })],
    ["a certificate for another name", () => send({ url: there.url.replace("localhost", "127.0.0.1") })],
    ["no answer in time", silent],
    ["nobody there", () => send({ url: "https://localhost:1/" })],
    ["no TLS asked for", () => send({ url: there.url.replace("https:", "http:") })],
  ])("is kept back, or tried again, where there is %s", async (_, attempt) => {
    await expect(attempt()).rejects.toMatchObject({ name: "TransientError", code: "WebhookUnreachable" });
  });
});
