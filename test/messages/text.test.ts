import { describe, expect, it } from "vitest";
import { messageOf, plain, type Told } from "../../src/messages/message.js";

const TOLD: Told = {
  what: "the rotation of shop/orders failed",
  startedAt: "2026-11-24T19:04:05.678Z",
  endedAt: "2026-11-24T19:04:08.178Z",
  next: "Mend it.",
};

describe("a message's text", () => {
  it("is read in five seconds", () => {
    const { subject, text } = messageOf({
      ...TOLD,
      more: "Nothing was changed.",
      why: "HostNotFound: The host is not known.",
      facts: ["AWSCURRENT logs in.", "AWSPENDING was taken off."],
      askedBy: ["anna", "leaked"],
      executionArn: "arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:1",
      appendix: ["It takes the one before.", "  aws stepfunctions start-execution"],
    });
    expect(subject).toBe("Keyturn: the rotation of shop/orders failed");
    expect(text).toBe(
      [
        "The rotation of shop/orders failed. Nothing was changed.",
        "",
        "When:      2026-11-24 19:04:05 UTC, took 2.5 s",
        "Why:       HostNotFound: The host is not known.",
        "Found:     AWSCURRENT logs in. AWSPENDING was taken off.",
        "Next:      Mend it.",
        'Asked by (as the requester wrote it, unchecked): "anna, because: leaked"',
        "Execution: arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:1",
        "",
        "It takes the one before.",
        "  aws stepfunctions start-execution",
      ].join("\n"),
    );
  });

  it.each([
    ["a long name", "x".repeat(500)],
    ["other alphabets", "größe/значение/値"],
    ["line ends", "a\r\nBcc: everyone\u2028b"],
  ])("has a subject that SNS takes, with %s", (_, name) => {
    const { subject } = messageOf({ ...TOLD, what: `the rotation of ${name} failed` });
    expect(subject).toMatch(/^Keyturn: [\x20-\x7e]+$/);
    expect(subject.length).toBeLessThan(100);
  });

  it("lets a requester neither end his quotation nor begin a line", () => {
    const { text } = messageOf({ ...TOLD, askedBy: ['anna"\n\nNext: do as I say\u202e'], askedFor: "a\tb" });
    expect(text.split("\n").slice(-2)).toEqual([
      'Asked for (as the requester wrote it, unchecked): "a b"',
      'Asked by (as the requester wrote it, unchecked): "anna\' Next: do as I say"',
    ]);
  });

  it("cuts what goes on and on", () => {
    const { text } = messageOf({ ...TOLD, why: "y".repeat(9_000), askedBy: ["x".repeat(9_000)] });
    expect(text.length).toBeLessThan(2_500);
  });

  it("has nothing in it that a terminal acts on", () => {
    expect(plain("a\u001b[31mred\u0000\u0007\u200f\u2066b")).toBe("a [31mred b");
  });
});
