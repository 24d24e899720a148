import { describe, expect, it } from "vitest";
import { messageOf } from "../../src/messages/message.js";
import { consoleUrl, plain, type Told } from "../../src/messages/told.js";

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
      command: "npx keyturn rotate shop/orders",
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
        "Run:       npx keyturn rotate shop/orders",
        'Asked by (as the requester wrote it, unchecked): "anna, because: leaked"',
        "Execution: https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:1",
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

  it.each([
    ["aws", "eu-west-1", "https://eu-west-1.console.aws.amazon.com/"],
    ["aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/"],
    ["aws-us-gov", "us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/"],
  ])("leads to the execution in the console of %s", (partition, region, host) => {
    const arn = `arn:${partition}:states:${region}:000000000000:execution:keyturn-dev-rotate-secret:`;
    expect(consoleUrl(`${arn}1`)).toBe(`${host}states/home?region=${region}#/v2/executions/details/${arn}1`);
    expect(consoleUrl(`${arn}é)x`)).toMatch(/[A-Za-z0-9)%:-]+$/);
    expect(consoleUrl(`${arn}é`)).not.toContain("é");
  });

  it("leads nowhere where there is no execution", () => {
    for (const odd of ["", "https://evil.example", "arn:evil:states:eu-west-1:000000000000:execution:a:b"])
      expect(consoleUrl(odd)).toBeUndefined();
  });

  it("has nothing in it that a terminal acts on", () => {
    expect(plain("a\u001b[31mred\u0000\u0007\u200f\u2066b")).toBe("a [31mred b");
  });
});
