import { describe, expect, it } from "vitest";
import { parseRecovery } from "../../src/rotation/ended.js";
import { parseCheck, parseRequest } from "../../src/rotation/request.js";
import { NOW } from "./imagined.js";

const asked = (input: unknown) => parseRequest(input, NOW);

describe("a start", () => {
  it.each<[string, unknown, object]>([
    ["by a person", { secretId: "app/db" }, { secretId: "app/db", trigger: "manual", askedAt: NOW }],
    ["by ARN", { secretId: "arn:aws:secretsmanager:eu-central-1:1:secret:a-b" }, { trigger: "manual" }],
    ["by a schedule", { secretId: "a", trigger: "schedule", schedule: "nightly" }, { schedule: "nightly" }],
    ["asked for before", { secretId: "a", askedAt: "2026-01-01T00:00:00Z" }, { askedAt: new Date("2026-01-01") }],
    ["asked for in milliseconds", { secretId: "a", askedAt: 0 }, { askedAt: new Date(0) }],
    ["of an age, in parts of days too", { secretId: "a", dueAfterDays: 0.5 }, { dueAfterDays: 0.5 }],
    ["that retires at once", { secretId: "a", retireAfterMinutes: 0 }, { retireAfterMinutes: 0 }],
    ["that retires after two weeks", { secretId: "a", retireAfterMinutes: 20_160 }, { retireAfterMinutes: 20_160 }],
    [
      "by an event, whose own words count for what it asks and for nothing else",
      { trigger: "event", askedAt: NOW.toISOString(), request: { secretId: "a", trigger: "manual", reason: "leaked" } },
      { secretId: "a", trigger: "event", reason: "leaked" },
    ],
    ["by somebody with much to say", { secretId: "a", reason: "x".repeat(900) }, { reason: "x".repeat(500) }],
  ])("%s", (_, input, found) => {
    expect(asked(input)).toMatchObject(found);
  });

  it.each([{ secretId: "a" }, { secretId: "a", dryRun: false }, { secretId: "a", requestedBy: "", reason: 7 }])(
    "%j says nothing that it does not say",
    (input) => {
      expect(Object.keys(asked(input)).sort()).toEqual(["askedAt", "secretId", "trigger"]);
    },
  );

  it.each<[unknown, string]>([
    [{}, "secretId"],
    [[], "secretId"],
    [null, "secretId"],
    ["app/db", "secretId"],
    [{ secretId: "" }, "secretId"],
    [{ secretId: 7 }, "secretId"],
    [{ secretId: "a b" }, "secretId"],
    [{ secretId: "$(id)" }, "secretId"],
    [{ secretId: "a".repeat(2_049) }, "secretId"],
    [{ secretId: "a", trigger: "moon" }, "trigger"],
    [{ secretId: "a", trigger: "recovery" }, "trigger"],
    [{ secretId: "a", askedAt: "yesterday" }, "askedAt"],
    [{ secretId: "a", dueAfterDays: "many" }, "dueAfterDays"],
    [{ secretId: "a", dueAfterDays: -1 }, "dueAfterDays"],
    [{ secretId: "a", dueAfterDays: Number.NaN }, "dueAfterDays"],
    [{ secretId: "a", dryRun: true }, "dryRun"],
    [{ secretId: "a", dryRun: "yes" }, "dryRun"],
    [{ secretId: "a", dryRun: null }, "dryRun"],
    [{ trigger: "event", request: { secretId: "a", dryRun: true } }, "dryRun"],
    [{ dryRun: true, request: { secretId: "a" } }, "dryRun"],
    [{ dryRun: true, request: { secretId: "a", dryRun: false } }, "dryRun"],
    [{ dryRun: false, request: { secretId: "a", dryRun: true } }, "dryRun"],
    [{ dryRun: "yes", request: { secretId: "a" } }, "dryRun"],
    [{ secretId: "a", retireAfterMinutes: -1 }, "retireAfterMinutes"],
    [{ secretId: "a", retireAfterMinutes: 0.5 }, "retireAfterMinutes"],
    [{ secretId: "a", retireAfterMinutes: "0" }, "retireAfterMinutes"],
    [{ secretId: "a", retireAfterMinutes: 20_161 }, "retireAfterMinutes"],
    [{ trigger: "event", request: { reason: "no secret" } }, "secretId"],
    [{ trigger: "event", request: "a" }, "request"],
  ])("%j is no request: the error names %s", (input, said) => {
    const refused = expect.objectContaining({ code: "InvalidRequest", message: expect.stringContaining(said) });
    expect(() => asked(input)).toThrow(refused);
  });
});

describe("a check", () => {
  it.each([{}, { dryRun: true }, { dryRun: false }])("is one whatever it says itself: %j", (said) => {
    expect(parseCheck({ secretId: "a", ...said }, NOW)).toEqual({ secretId: "a", trigger: "manual", askedAt: NOW });
  });

  it.each(["yes", null, 1])("does not take %j for yes or no", (dryRun) => {
    expect(() => parseCheck({ secretId: "a", dryRun }, NOW)).toThrow(
      expect.objectContaining({ code: "InvalidRequest" }),
    );
  });
});

describe("a recovery", () => {
  const executionArn = "arn:aws:states:eu-central-1:1:execution:rotate-secret:a";
  it.each([
    [{}, false],
    [{ scheduled: true }, true],
    [{ scheduled: "true" }, false],
  ])("%j", (more, scheduled) => {
    const input = { trigger: "recovery", ended: { executionArn, status: "SUCCEEDED" }, ...more };
    expect(parseRecovery(input)).toEqual({ executionArn, scheduled });
  });

  it.each([{}, { ended: "a" }, { ended: {} }, { ended: { executionArn: "" } }])("%j is none", (input) => {
    expect(() => parseRecovery(input)).toThrow(expect.objectContaining({ code: "InvalidRequest" }));
  });
});
