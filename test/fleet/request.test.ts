import { describe, expect, it } from "vitest";
import { isNamed, listNamed } from "../../src/fleet/named.js";
import { type Fleet, MOST_BYTES } from "../../src/fleet/page.js";
import { fleetFrom } from "../../src/fleet/request.js";
import { sumUp } from "../../src/fleet/sum-up.js";
import { parseRequest } from "../../src/rotation/request.js";

const STARTED = new Date("2026-11-28T10:00:05.250Z");
const read = (input: unknown) => fleetFrom(input, STARTED);
const event = (request: unknown) => ({ trigger: "event", askedAt: "2026-11-28T10:00:00Z", request });

describe("what a fleet is started with", () => {
  it("is taken as it is where a schedule or the wave before wrote it", () => {
    const fleet: Fleet = { schedule: "nightly", scheduledAt: "2026-11-28T02:00:00Z", wave: 3, cursor: { passed: 2 } };
    expect(read(fleet)).toBe(fleet);
    const asked = read(event({ selection: { tags: { team: "payments" } }, reason: "leaked" }));
    expect(read(asked)).toBe(asked);
  });

  it.each<[string, unknown, object]>([
    [
      "by an event, which tells seconds only: the last moment of that one",
      event({
        selection: { tags: { team: "payments" } },
        requestedBy: "anna",
        reason: "breached",
        retireAfterMinutes: 0,
        trigger: "schedule",
        askedAt: "2000-01-01T00:00:00Z",
        schedule: "nightly",
        dueAfterDays: 3,
        run: "nightly 2026-11-28T02:00:00Z",
      }),
      {
        schedule: "request",
        scheduledAt: "2026-11-28T10:00:00.999Z",
        asked: { trigger: "event", requestedBy: "anna", reason: "breached", retireAfterMinutes: 0 },
        tags: { team: "payments" },
      },
    ],
    [
      "by a person",
      { selection: { namePrefix: ["shop/"] }, reason: "leaked" },
      {
        schedule: "request",
        scheduledAt: STARTED.toISOString(),
        asked: { trigger: "manual", reason: "leaked" },
        namePrefixes: ["shop/"],
      },
    ],
    [
      "of a schedule, which is a tag",
      { selection: { schedule: "nightly", tags: { tier: "1" } } },
      {
        schedule: "request",
        scheduledAt: STARTED.toISOString(),
        asked: { trigger: "manual" },
        tags: { tier: "1", "keyturn:schedule": "nightly" },
      },
    ],
    [
      "of secrets by name, each once; dry, in waves, some at a time",
      { selection: { list: ["a", "b", "a"] }, dryRun: true, toleratedFailurePercent: 5, concurrency: 2 },
      {
        schedule: "request",
        scheduledAt: STARTED.toISOString(),
        asked: { trigger: "manual" },
        list: ["a", "b"],
        concurrency: 2,
        toleratedFailurePercent: 5,
        dryRun: true,
      },
    ],
    [
      "that says it is a schedule's, and is a person's",
      { selection: { list: ["a"] }, trigger: "schedule" },
      { schedule: "request", scheduledAt: STARTED.toISOString(), asked: { trigger: "manual" }, list: ["a"] },
    ],
  ])("is read %s", (_, input, fleet) => expect(read(input)).toEqual(fleet));

  it.each<[string, unknown, string]>([
    ["nothing", event({ reason: "breached" }), "selection"],
    ["one secret and many", event({ secretId: "a", selection: { list: ["b"] } }), "secretId"],
    ["everything, by saying nothing", event({ selection: {} }), "empty"],
    ["a word that it does not know", event({ selection: { tag: { team: "payments" } } }), '"tag"'],
    ["no object", event({ selection: "all" }), "selection"],
    ["a list of selections", event({ selection: [] }), "selection"],
    ["no tag", event({ selection: { tags: {} } }), "tags"],
    ["a tag whose value is no text", event({ selection: { tags: { team: null } } }), "tags"],
    ["a prefix of nothing", event({ selection: { namePrefix: [""] } }), "namePrefix"],
    ["no prefix", event({ selection: { namePrefix: [] } }), "namePrefix"],
    ["a prefix that is no list", event({ selection: { namePrefix: "shop/" } }), "namePrefix"],
    ["no secret of a list", event({ selection: { list: [] } }), "list"],
    ["what is no secret", event({ selection: { list: ["$(id)"] } }), "list"],
    ["a list that something else narrows", event({ selection: { list: ["a"], tags: { a: "b" } } }), "list"],
    ["a schedule without a name", event({ selection: { schedule: " " } }), "schedule"],
    ["more than fits", event({ selection: { namePrefix: ["x".repeat(7_000)] } }), "7000 bytes"],
    [
      "what it says at too great length",
      event({ selection: { list: ["a"] }, reason: "x".repeat(20_000) }),
      "20000 bytes",
    ],
    ["a dry run that is none", event({ selection: { list: ["a"] }, dryRun: "yes" }), "dryRun"],
    ["a grace that is none", event({ selection: { list: ["a"] }, retireAfterMinutes: -1 }), "retireAfterMinutes"],
    ["too many at a time", event({ selection: { list: ["a"] }, concurrency: 41 }), "concurrency"],
    ["a share that is none", event({ selection: { list: ["a"] }, toleratedFailurePercent: "5" }), "tolerated"],
    ["a request that is no object", { trigger: "event", request: "a" }, "request"],
    ["nothing at all", null, "the input"],
  ])("that asks for %s is refused", (_, input, said) => {
    const refused = { name: "InvalidSecretError", code: "InvalidRequest", message: expect.stringContaining(said) };
    expect(() => read(input)).toThrow(expect.objectContaining(refused));
  });
});

describe("secrets that are asked for by name", () => {
  const accounts = { partition: "aws", own: "000000000000", others: ["111122223333"] };
  const RULES = { stage: "dev", admins: [], readers: [], mayAskFor: {}, accounts };
  const names = (length: number) => Array.from({ length }, (_, index) => `s${index}`);
  const asked = (list: string[], more: object = {}) => read({ selection: { list }, reason: "leaked", ...more });

  function run(first: Fleet) {
    const waves: string[][] = [];
    for (let fleet = first; ; ) {
      const page = listNamed(fleet, 10, RULES);
      waves.push(page.items.map(({ input }) => String(input.secretId)));
      expect(Buffer.byteLength(JSON.stringify(page.items))).toBeLessThan(MOST_BYTES + 2);
      const results = page.items.map(() => ({ outcome: "succeeded", reason: "Requested" }) as const);
      const summed = sumUp(fleet, page, results);
      if (summed.next === "end") return waves;
      fleet = summed.fleet;
    }
  }

  it("are each started once, wave by wave", () => {
    expect(run(asked(names(900))).map(({ length }) => length)).toEqual([500, 400]);
    expect(run(asked(names(20), { toleratedFailurePercent: 5 })).map(({ length }) => length)).toEqual([1, 10, 9]);
    expect(run(asked(names(900))).flat()).toEqual(names(900));
  });

  it("have a canary of the deployment's own account, wherever others of theirs stand", () => {
    const others = Array.from(
      { length: 30 },
      (_, index) => `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${index}-AbCdEf`,
    );
    const list = [...others, ...names(12)];
    expect(run(asked(list, { toleratedFailurePercent: 5 })).map(({ length }) => length)).toEqual([31, 10, 1]);
  });

  it("fit into a state, however much is said of them", () => {
    const waves = run(asked(names(600), { reason: "€".repeat(500), requestedBy: "€".repeat(500) }));
    expect(waves.length).toBeGreaterThan(5);
    expect(waves.flat()).toEqual(names(600));
  });

  it("are those of a request only, and not what a schedule lists", () => {
    expect(isNamed(asked(["a"]))).toBe(true);
    expect(isNamed({ schedule: "nightly", scheduledAt: "2026-11-28T02:00:00Z", list: ["a"] })).toBe(false);
    expect(isNamed(read({ selection: { schedule: "nightly" } }))).toBe(false);
  });

  it("are asked for as one is: when, by whom, why, with which grace", () => {
    const fleet = read(
      event({ selection: { list: ["a"] }, requestedBy: "anna", reason: "leaked", retireAfterMinutes: 0 }),
    );
    const [item] = listNamed(fleet, 10, RULES).items;
    expect(parseRequest(item?.input, STARTED)).toEqual({
      secretId: "a",
      trigger: "event",
      askedAt: new Date("2026-11-28T10:00:00.999Z"),
      requestedBy: "anna",
      reason: "leaked",
      retireAfterMinutes: 0,
      run: "request 2026-11-28T10:00:00.999Z",
    });
  });
});
