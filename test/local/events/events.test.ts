import { describe, expect, it } from "vitest";
import { matches } from "../../../src/local/events/pattern.js";
import { checkPattern } from "../../../src/local/events/pattern-limits.js";
import { inputFor } from "../../../src/local/events/transform.js";
import type { BusEvent } from "../../../src/local/service.js";

const event: BusEvent = {
  version: "0",
  id: "1",
  "detail-type": "Secret Rotation Failed",
  source: "keyturn",
  account: "1",
  time: "2026-11-24T02:00:00Z",
  region: "eu-central-1",
  resources: ["arn:a", "arn:b"],
  detail: { reason: 'a "quoted" word', count: 7, none: [], nested: { list: ["x", "y"] }, input: '{"secretId":"a"}' },
};

describe("matches", () => {
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
  it.each<[string, object, boolean]>([
    ["exact", { source: ["keyturn"] }, true],
    ["one of several", { source: ["other", "keyturn"] }, true],
    ["every field", { source: ["keyturn"], "detail-type": ["Other"] }, false],
    ["an element of an array", { resources: ["arn:b"] }, true],
    ["nested", { detail: { nested: { list: ["y"] } } }, true],
    ["a field that is not there", { detail: { missing: ["x"] } }, false],
    ["exists", { detail: { reason: [{ exists: true }] } }, true],
    ["exists: false", { detail: { missing: [{ exists: false }] } }, true],
    ["exists: false of an empty array", { detail: { none: [{ exists: false }] } }, true],
    ["exists of an empty array", { detail: { none: [{ exists: true }] } }, false],
    ["exists: false of an object", { detail: { nested: [{ exists: false }] } }, true],
    ["exists: false under an empty array", { detail: { none: { some: [{ exists: false }] } } }, true],
    ["prefix", { "detail-type": [{ prefix: "Secret Rotation" }] }, true],
    ["suffix", { "detail-type": [{ suffix: "Failed" }] }, true],
    ["equals-ignore-case", { source: [{ "equals-ignore-case": "KEYTURN" }] }, true],
    ["anything-but", { source: [{ "anything-but": ["keyturn"] }] }, false],
    ["anything-but a prefix", { source: [{ "anything-but": { prefix: "aws." } }] }, true],
    ["anything-but several prefixes", { source: [{ "anything-but": { prefix: ["aws.", "key"] } }] }, false],
    ["anything-but of an object", { detail: { nested: [{ "anything-but": "a" }] } }, false],
    ["anything-but of an empty array", { detail: { none: [{ "anything-but": "a" }] } }, false],
    ["numeric", { detail: { count: [{ numeric: [">", 5, "<=", 7] }] } }, true],
    ["wildcard", { detail: { input: [{ wildcard: "*secretId*" }] } }, true],
    ["anything-but a wildcard", { detail: { input: [{ "anything-but": { wildcard: "*secretId*" } }] } }, false],
    ["$or", { $or: [{ source: ["other"] }, { detail: { count: [7] } }] }, true],
  ])("%s", (_, pattern, expected) => {
    expect(matches(pattern as Record<string, unknown>, event)).toBe(expected);
  });

  it("refuses a matcher that it does not know by name", () => {
    expect(() => matches({ source: [{ cidr: "10.0.0.0/8" }] }, event)).toThrow("cidr");
  });
});

describe("checkPattern", () => {
  const wildcards = ["*a*", "*b*"].map((wildcard) => ({ wildcard }));

  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
  it.each<[string, object, string]>([
    ["several wildcards on a field", { detail: { input: wildcards } }, "Rule is too complex: input has 4 asterisks"],
    [
      "anything but several wildcards",
      { detail: { input: [{ "anything-but": { wildcard: ["*a*", "*b*"] } }] } },
      "Rule is too complex",
    ],
    ["the same inside $or", { $or: [{ source: wildcards }, { source: ["b"] }] }, "Rule is too complex"],
    ["what is no list", { source: "keyturn" }, "source is no list and no object"],
    ["an empty list", { detail: { reason: [] } }, "reason is no list and no object"],
    ["two asterisks side by side", { source: [{ wildcard: "a**" }] }, "source has two asterisks side by side"],
    [
      "a field in $or and beside it",
      { source: ["a"], $or: [{ source: ["b"] }, { "detail-type": ["c"] }] },
      "both in $or",
    ],
    ["a long text", { source: ["x".repeat(2_048)] }, "It has 2063 characters"],
  ])("refuses %s", (_, pattern, said) => {
    expect(() => checkPattern(pattern as Record<string, unknown>)).toThrow(said);
  });

  it("counts the combinations of $or", () => {
    const numbers = Array.from({ length: 11 }, (_, index) => index);
    const pattern = { a: numbers, b: numbers, $or: [{ c: numbers }, { d: [1] }] };
    expect(() => checkPattern(pattern)).toThrow("1452 combinations");
    expect(() => checkPattern({ ...pattern, b: [1] })).not.toThrow();
  });

  it("takes one that AWS's page shows", () => {
    const or = [{ "c-count": [{ numeric: [">", 0, "<=", 5] }] }, { "d-count": [{ numeric: ["<", 10] }] }];
    expect(() =>
      checkPattern({ detail: { $or: or }, source: [{ "anything-but": { wildcard: "*/lib/*" } }] }),
    ).not.toThrow();
  });
});

describe("inputFor", () => {
  const rule = { name: "a-rule", arn: "arn:rule" };
  const transformed = (InputTemplate: string, InputPathsMap: Record<string, string> = {}) =>
    inputFor({ InputTransformer: { InputTemplate, InputPathsMap } }, event, rule);

  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
  it("passes the event on where nothing else is said", () => {
    expect(JSON.parse(inputFor({}, event, rule))).toEqual(event);
  });

  it("fills a JSON template with values as JSON, and text inside quotes as text", () => {
    const template = '{"time": <time>, "detail": <detail>, "text": "at <time>: <reason>", "missing": <missing>}';
    expect(
      JSON.parse(
        transformed(template, {
          time: "$.time",
          detail: "$.detail",
          reason: "$.detail.reason",
          missing: "$.detail.no",
        }),
      ),
    ).toEqual({
      time: event.time,
      detail: event.detail,
      text: `at ${event.time}: a "quoted" word`,
      missing: "",
    });
  });

  it("keeps a string that is JSON a string", () => {
    expect(JSON.parse(transformed('{"input": <input>}', { input: "$.detail.input" }))).toEqual({
      input: '{"secretId":"a"}',
    });
  });

  it("makes each quoted line of a text a line", () => {
    expect(transformed('"<type>"\n""\n"by <aws.events.rule-name>"', { type: "$.detail-type" })).toBe(
      "Secret Rotation Failed\n\nby a-rule",
    );
  });
});
