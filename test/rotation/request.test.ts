import { describe, expect, it } from "vitest";
import { parseRecovery } from "../../src/rotation/ended.js";
import { parseCheck, parseRequest, summaryOfRequest, understood } from "../../src/rotation/request.js";
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
    ["of any age", { secretId: "a", dueAfterDays: 0 }, { dueAfterDays: 0 }],
    ["by Secrets Manager", { secretId: "a", trigger: "native" }, { trigger: "native" }],
    ["that says that it is a person's", { secretId: "a", trigger: "manual" }, { trigger: "manual" }],
    [
      "by an event that says when, whatever is said in it",
      { askedAt: 0, request: { secretId: "a", askedAt: NOW.toISOString() } },
      { askedAt: new Date(0) },
    ],
    [
      "by an event that does not say when, of which its own words are taken",
      { request: { secretId: "a", askedAt: 1, trigger: "event" } },
      { askedAt: new Date(1), trigger: "event" },
    ],
    [
      "by an event, which tells seconds only: the last moment of that one",
      { trigger: "event", askedAt: "2026-01-01T00:00:00Z", request: { secretId: "a" } },
      { askedAt: new Date("2026-01-01T00:00:00.999Z") },
    ],
    ["that retires at once", { secretId: "a", retireAfterMinutes: 0 }, { retireAfterMinutes: 0 }],
    ["that retires after two weeks", { secretId: "a", retireAfterMinutes: 20_160 }, { retireAfterMinutes: 20_160 }],
    [
      "by an event, whose own words count for what it asks and for nothing else",
      { trigger: "event", askedAt: NOW.toISOString(), request: { secretId: "a", trigger: "manual", reason: "leaked" } },
      { secretId: "a", trigger: "event", reason: "leaked" },
    ],
    [
      "of a run, by its fleet",
      { secretId: "a", tags: { team: "payments" }, run: "nightly 2026" },
      { tags: { team: "payments" }, run: "nightly 2026" },
    ],
    ["by somebody with much to say", { secretId: "a", reason: "x".repeat(900) }, { reason: "x".repeat(500) }],
  ])("%s", (_, input, found) => {
    expect(asked(input)).toMatchObject(found);
  });

  it("by an event was not asked for after it had started", () => {
    const event = { trigger: "event", askedAt: "2026-01-01T00:00:00Z", request: { secretId: "a" } };
    const startedAt = new Date("2026-01-01T00:00:00.200Z");
    expect(parseRequest(event, startedAt).askedAt).toEqual(startedAt);
    const ahead = new Date("2025-12-31T23:59:59Z");
    expect(parseRequest(event, ahead).askedAt).toEqual(new Date(event.askedAt));
  });

  it("by an event is of no run, whatever that says: its failure would be told with others", () => {
    expect(
      asked({ trigger: "event", askedAt: 0, request: { secretId: "a", run: "nightly 2026" } }).run,
    ).toBeUndefined();
    expect(asked({ request: { secretId: "a", run: "nightly 2026" } }).run).toBeUndefined();
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
    [{ secretId: "a".repeat(601) }, "secretId"],
    [{ secretId: "a", trigger: "moon" }, "trigger"],
    [{ secretId: "a", trigger: "recovery" }, "trigger"],
    [{ secretId: "a", askedAt: "yesterday" }, "askedAt"],
    [{ secretId: "a", askedAt: null }, "askedAt"],
    [{ secretId: "a", askedAt: [0] }, "askedAt"],
    [{ secretId: "a", dueAfterDays: [1] }, "dueAfterDays"],
    [{ secretId: "a", dueAfterDays: Number.POSITIVE_INFINITY }, "dueAfterDays"],
    [{ secretId: "a", dueAfterDays: "many" }, "dueAfterDays"],
    [{ secretId: "a", dueAfterDays: -1 }, "dueAfterDays"],
    [{ secretId: "a", dueAfterDays: Number.NaN }, "dueAfterDays"],
    [{ secretId: "a", dryRun: true }, "dryRun"],
    [{ secretId: "a", dryRun: "yes" }, "dryRun"],
    [{ secretId: "a", dryRun: null }, "dryRun"],
    [{ trigger: "event", request: { secretId: "a", dryRun: true } }, "dryRun"],
    [{ request: { secretId: "a", dryRun: "yes" } }, "dryRun"],
    [{ dryRun: true, request: { secretId: "a" } }, "dryRun"],
    [{ dryRun: true, request: { secretId: "a", dryRun: false } }, "dryRun"],
    [{ dryRun: false, request: { secretId: "a", dryRun: true } }, "dryRun"],
    [{ dryRun: "yes", request: { secretId: "a" } }, "dryRun"],
    [{ secretId: "a", retireAfterMinutes: -1 }, "retireAfterMinutes"],
    [{ secretId: "a", retireAfterMinutes: 0.5 }, "retireAfterMinutes"],
    [{ secretId: "a", retireAfterMinutes: "0" }, "retireAfterMinutes"],
    [{ secretId: "a", retireAfterMinutes: 20_161 }, "retireAfterMinutes"],
    [{ secretId: "a", tags: {} }, "tags"],
    [{ secretId: "a", tags: { team: 1 } }, "tags"],
    [{ secretId: "a", tags: ["team"] }, "tags"],
    [{ secretId: "a", selection: { list: ["b"] } }, "selection"],
    [{ trigger: "event", request: { secretId: "a", selection: {} } }, "selection"],
    [{ trigger: "event", request: { reason: "no secret" } }, "secretId"],
    [{ trigger: "event", request: "a" }, "request"],
  ])("%j is no request: the error names %s", (input, said) => {
    const message = expect.stringContaining(said);
    const refused = expect.objectContaining({ name: "InvalidSecretError", code: "InvalidRequest", message });
    expect(() => asked(input)).toThrow(refused);
  });
});

describe("what is kept of a start", () => {
  it("is what it says, and nothing that it does not say", () => {
    const said = {
      secretId: "a",
      trigger: "schedule",
      schedule: "nightly",
      requestedBy: "b",
      reason: "c",
      retireAfterMinutes: 0,
      run: "nightly 2026",
    };
    const { secretId: _, ...kept } = said;
    expect(summaryOfRequest(asked({ ...said, dueAfterDays: 0 }))).toEqual({ ...kept, askedAt: NOW.toISOString() });
    expect(summaryOfRequest(asked({ secretId: "a" }))).toEqual({ trigger: "manual", askedAt: NOW.toISOString() });
  });

  it("is nothing of one that cannot be understood; a fault of ours is one all the same", () => {
    expect(understood({ secretId: "a" }, NOW)).toMatchObject({ secretId: "a" });
    expect(understood({}, NOW)).toBeUndefined();
    const ours = new TypeError("of ours");
    const parse = () => {
      throw ours;
    };
    expect(() => understood({}, NOW, parse)).toThrow(ours);
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
