import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { chatOf } from "../../src/messages/chat.js";
import type { Told } from "../../src/messages/told.js";

const ARN = "arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:1";
const TOLD: Told = {
  what: "the rotation of shop/orders needs a person",
  more: "Both versions of the secret are kept.",
  outcome: "needs attention",
  startedAt: "2026-11-24T19:04:05.678Z",
  endedAt: "2026-11-24T19:04:08.178Z",
  why: "ConnectTimeout: The database gave no answer.",
  next: "See at once whether applications get in. This walks you through it:",
  command: "npx keyturn settle shop/orders",
  secretArn: "arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/orders-AbCdEf",
  secretName: "shop/orders",
  executionArn: ARN,
  appendix: ["It takes the one before.", "  aws stepfunctions start-execution"],
};

const text = { type: "string", minLength: 1 };
const list = { type: "array", items: text };

/** https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html#event-schema */
const isCustomNotification = new Ajv().compile({
  type: "object",
  additionalProperties: false,
  required: ["version", "source", "content"],
  properties: {
    version: { const: "1.0" },
    source: { const: "custom" },
    id: text,
    content: {
      type: "object",
      additionalProperties: false,
      required: ["description"],
      properties: {
        textType: { const: "client-markdown" },
        title: text,
        description: text,
        nextSteps: list,
        keywords: list,
      },
    },
    metadata: {
      type: "object",
      additionalProperties: false,
      properties: {
        threadId: text,
        summary: text,
        eventType: text,
        relatedResources: list,
        additionalContext: { type: "object", additionalProperties: text },
      },
    },
  },
});

describe("a message in a chat", () => {
  it("is of the form that Amazon Q Developer shows, and says what the mail says", () => {
    const message = chatOf(TOLD, "Secret Rotation Needs Attention");
    expect(isCustomNotification(message), JSON.stringify(isCustomNotification.errors)).toBe(true);
    expect(message.content).toEqual({
      textType: "client-markdown",
      title: ":rotating_light: Keyturn: the rotation of shop/orders needs a person",
      description: [
        "The rotation of shop/orders needs a person. Both versions of the secret are kept.",
        "*When* 2026-11-24 19:04:05 UTC, took 2.5 s",
        "*Why* ConnectTimeout: The database gave no answer.",
        `https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/${ARN}`,
        "It takes the one before.",
      ].join("\n"),
      nextSteps: [TOLD.next, "`npx keyturn settle shop/orders`"],
      keywords: ["Keyturn", "shop/orders"],
    });
  });

  it.each([
    ["a mention", "<!channel> <@U024BE7LH>"],
    ["a link", "<https://evil.example|AWS> [AWS](https://evil.example)"],
    ["code that ends", "`` ` *bold*"],
    ["lines", "a\n\n# Next\n*Why* evil\r\u2028b"],
    ["turned letters", "\u202eabc\u0007"],
  ])("makes nothing of %s", (_, lure) => {
    const { content, metadata } = chatOf(
      { ...TOLD, what: `the rotation of ${lure} failed`, why: lure, facts: [lure], askedBy: [lure], askedFor: lure },
      "Secret Rotation Failed",
    );
    const lines = [content.title, metadata.summary, ...content.nextSteps, ...content.description.split("\n")];
    expect(content.description.split("\n")).toHaveLength(8);
    for (const line of lines) {
      expect(line).not.toMatch(/[<>]|\]\(|[\p{C}\p{Zl}\p{Zp}]/u);
      const [, written] = /unchecked: (.*)$/.exec(line) ?? [];
      if (written) expect(written).toMatch(/^`[^`]*`$/);
      else if (line !== content.nextSteps[1]) expect(line).not.toContain("`");
    }
  });

  it("keeps names whole that have signs within", () => {
    const { content } = chatOf({ ...TOLD, what: "the rotation of a_b*c~d failed" }, "Secret Rotation Failed");
    expect(content.title).toContain("a_b*c~d");
  });

  it("is short, however much there is to say", () => {
    const much = chatOf(
      { ...TOLD, why: "y".repeat(9_000), appendix: Array.from({ length: 50 }, (_, index) => `secret ${index}: late`) },
      "Secrets Overdue",
    );
    expect(JSON.stringify(much).length).toBeLessThan(6_000);
    expect(much.content.description.split("\n").at(-1)).toMatch(/^and \d+ more$/);
  });
});
