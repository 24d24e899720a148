import { describe, expect, it } from "vitest";
import type { Totals } from "../../src/fleet/page.js";
import type { SumUp } from "../../src/fleet/sum-up.js";
import { listUnsettled } from "../../src/fleet/unsettled.js";
import { FIGURES, type Figures } from "../../src/metrics/figures.js";
import { fleetFigures } from "../../src/metrics/fleet.js";
import { credentialGapMs, rotationFigures } from "../../src/metrics/rotation.js";
import type { AuditRecord, Outcome, Unsettled } from "../../src/rotation/ledger.js";

const RULES = { stage: "dev", admins: [], readers: [], mayAskFor: {} };
const at = (second: number) => `2026-11-28T02:00:${String(second).padStart(2, "0")}.000Z`;
const result = (from: number, to: number) => ({ startedAt: at(from), endedAt: at(to), attempts: 1 });
const PHASES = { create: result(1, 2), set: result(3, 5), test: result(5, 6), finish: result(6, 8) };

const record = (more: Partial<AuditRecord> = {}): AuditRecord => ({
  secretArn: "arn",
  executionArn: "execution",
  trigger: "schedule",
  outcome: "succeeded",
  reason: "Started",
  message: "It went well.",
  engine: "postgres",
  strategy: "single-user",
  startedAt: at(0),
  endedAt: at(9),
  phases: [{ name: "set", ms: 2_000, attempts: 1 }],
  ...more,
});

describe("the credential gap", () => {
  it.each<[string, Partial<AuditRecord>, Partial<typeof PHASES>, number | undefined]>([
    ["from Set's beginning to the label's move", {}, PHASES, 5_000],
    ["to the end of a roll back", { outcome: "rolled back" }, { set: PHASES.set }, 6_000],
    [
      "none of a rotation that Set secret never ended",
      { outcome: "rolled back" },
      { create: PHASES.create },
      undefined,
    ],
    ["from the beginning, of one that was recovered", { outcome: "rolled back", recoveredBy: "another" }, {}, 9_000],
    ["none of a recovered one that changed nothing", { outcome: "failed", recoveredBy: "another" }, {}, undefined],
    ["none while it is open", { outcome: "needs attention" }, PHASES, undefined],
    ["none with two users", { strategy: "alternating-users" }, PHASES, undefined],
    ["none with two passwords", { strategy: "dual-password" }, PHASES, undefined],
  ])("is %s", (_, more, phases, gap) => {
    expect(credentialGapMs(record(more), { phases })).toBe(gap);
  });
});

describe("the figures of a rotation", () => {
  it("are counted by outcome and engine, and by phase", () => {
    expect(rotationFigures(record(), { phases: PHASES })).toEqual([
      { values: { Rotations: 1 }, by: [{ Outcome: "succeeded" }, { Outcome: "succeeded", Engine: "postgres" }] },
      { values: { PhaseTime: 2_000 }, by: [{ Phase: "set" }] },
      { values: { CredentialGap: 5_000 }, by: [{ Engine: "postgres" }] },
    ]);
  });

  it("have no dimension that anybody could have written", () => {
    const lure = "evil";
    const figures = rotationFigures(
      record({
        secretArn: lure,
        secretName: lure,
        schedule: lure,
        run: lure,
        requestedBy: lure,
        reason: lure,
        engine: lure,
        phases: [{ name: lure, ms: 1, attempts: 1 }],
      }),
      { phases: PHASES },
    );
    expect(JSON.stringify(figures)).not.toContain(lure);
    expect(figures[0]?.by).toContainEqual({ Outcome: "succeeded", Engine: "other" });
  });
});

describe("the figures of a fleet", () => {
  const totals: Totals = {
    rotated: 5,
    skipped: 2,
    failed: 1,
    checked: 8,
    byReason: { ProbeFailed: 1 },
    leftOut: { Paused: 2, NotTried: 3, evil: 9 },
  };
  const due: Figures[] = [{ values: { [FIGURES.due]: 8 }, by: [{}] }];
  const doctor: Figures[] = [{ values: { [FIGURES.checked]: 8, [FIGURES.notReady]: 1 }, by: [{}] }];
  const overdue: Figures[] = [
    { values: { [FIGURES.overdue]: 5 }, by: [{}] },
    { values: { [FIGURES.overdue]: 2 }, by: [{ Reason: "Paused" }] },
    { values: { [FIGURES.overdue]: 3 }, by: [{ Reason: "NotTried" }] },
  ];

  it.each<[string, string, boolean, SumUp["next"], Figures[]]>([
    ["are how many were due", "nightly", false, "end", due],
    ["are that also where it stopped itself", "nightly", false, "stopped", due],
    ["are none before it has ended", "nightly", false, "wave", []],
    ["are none where it goes on elsewhere", "nightly", false, "execution", []],
    ["are none where somebody asked", "request", false, "end", []],
    ["are none where somebody runs a schedule dry", "nightly", true, "end", []],
    ["are what the doctor found", "doctor", true, "end", doctor],
    ["are what is overdue, by reasons that there are", "overdue", false, "end", overdue],
  ])("%s", (_, schedule, dryRun, next, figures) => {
    expect(fleetFigures({ schedule, dryRun }, { totals, next })).toEqual(figures);
  });

  it("say so where nothing is overdue", () => {
    expect(fleetFigures({ schedule: "overdue" }, { totals: { ...totals, leftOut: {} }, next: "nothing" })).toEqual([
      { values: { [FIGURES.overdue]: 0 }, by: [{}] },
    ]);
  });
});

describe("secrets that are not at rest", () => {
  const NOW = "2026-11-28T12:00:00Z";
  const held = (since: string, time?: number): Unsettled => ({
    secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:a-AbCdEf",
    holder: {
      executionArn: "arn:aws:states:eu-central-1:123456789012:execution:keyturn-dev-rotate-secret:1",
      since,
      purpose: "rotation",
      ...(time === undefined ? {} : { recovers: { executionArn: "first", time } }),
    },
  });
  const waiting = (outcome: Outcome): Unsettled => ({
    secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:b-AbCdEf",
    ...(outcome === "needs attention" ? { last: { endedAt: NOW, failures: 1 } } : {}),
  });

  it.each<[string, Unsettled, boolean, { stuck: number; needsAttention: number }]>([
    ["locked for an hour", held("2026-11-28T11:00:00Z"), true, { stuck: 0, needsAttention: 0 }],
    ["locked for longer than a rotation may take", held("2026-11-28T09:59:00Z"), true, { stuck: 1, needsAttention: 0 }],
    ["recovered in vain", held("2026-11-28T11:59:00Z", 3), true, { stuck: 1, needsAttention: 0 }],
    ["in need of a person", waiting("needs attention"), true, { stuck: 0, needsAttention: 1 }],
    ["stuck, and Keyturn's no more", held("2026-11-20T00:00:00Z"), false, { stuck: 0, needsAttention: 0 }],
  ])("are told: %s", async (_, secret, isOurs, expected) => {
    const tags = { "keyturn:stage": "dev", ...(isOurs ? { "keyturn:schedule": "nightly" } : {}) };
    const { unrest } = await listUnsettled(
      { schedule: "recovery", scheduledAt: NOW },
      {
        async *unsettled() {
          yield secret;
        },
      },
      { lookUp: async () => ({ status: "RUNNING" }) as never },
      { describe: async () => ({ tags }) } as never,
      RULES,
    );
    expect(unrest).toEqual(expected);
  });
});
