import { describe, expect, it } from "vitest";
import { matches } from "../../../src/local/events/pattern.js";
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
  detail: { reason: 'a "quoted" word', count: 7, nested: { list: ["x", "y"] }, input: '{"secretId":"a"}' },
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
    ["prefix", { "detail-type": [{ prefix: "Secret Rotation" }] }, true],
    ["suffix", { "detail-type": [{ suffix: "Failed" }] }, true],
    ["equals-ignore-case", { source: [{ "equals-ignore-case": "KEYTURN" }] }, true],
    ["anything-but", { source: [{ "anything-but": ["keyturn"] }] }, false],
    ["anything-but a prefix", { source: [{ "anything-but": { prefix: "aws." } }] }, true],
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
