import { describe, expect, it } from "vitest";
import { plan } from "../../../src/rotation/plan/plan.js";
import type { WaitPlan } from "../../../src/rotation/plans.js";
import { asked, execution, imagine, NOW } from "../imagined.js";

const OWN = execution("own");
const SCHEDULED = { trigger: "schedule", schedule: "nightly" } as const;
const IN = "in at postgres db:5432";

describe("a rotation at the door of its server", () => {
  it("goes in", async () => {
    const { world, went } = imagine();
    expect(await plan(world, asked(SCHEDULED), OWN)).not.toHaveProperty("serverWasSilent");
    expect(went).toEqual([IN]);
  });

  it("is told where the last one had no answer there", async () => {
    const { world } = imagine({ brakes: { silences: 1 } });
    expect(await plan(world, asked(SCHEDULED), OWN)).toMatchObject({ decision: "rotate", serverWasSilent: true });
  });

  it.each([
    ["as many as may are inside", { inside: 10 }, "ServerBusy"],
    ["the server is silent", { leftAlone: true }, "ServerSilent"],
  ])("of a schedule is skipped where %s", async (_, brakes, reason) => {
    const { world, went } = imagine({ brakes });
    expect(await plan(world, asked(SCHEDULED), OWN)).toMatchObject({ decision: "skip", reason });
    expect(went).toEqual([]);
  });

  it("of a schedule that keeps them apart is skipped where another has begun too recently", async () => {
    const { world, went } = imagine({ brakes: { lastIn: new Date(NOW.getTime() - 29 * 60_000) } });
    const staggered = asked({ ...SCHEDULED, staggerMinutes: 30 });
    expect(await plan(world, staggered, OWN)).toMatchObject({ decision: "skip", reason: "Staggered" });
    expect(went).toEqual([]);
    expect(await plan(world, asked({ ...SCHEDULED, staggerMinutes: 29 }), OWN)).toMatchObject({ decision: "rotate" });
    expect(await plan(world, asked({ staggerMinutes: 30 }), OWN)).toMatchObject({ decision: "rotate" });
  });

  it("of a person waits for those inside, longer each time", async () => {
    const { world } = imagine({ brakes: { inside: 10 } });
    const first = (await plan(world, asked(), OWN)) as WaitPlan;
    expect(first).toMatchObject({ decision: "wait", reason: "ServerBusy", seconds: 10 });
    expect(await plan(world, asked(), OWN, first)).toMatchObject({ reason: "ServerBusy", seconds: 20 });
  });

  it("of a person sees for himself whether the server is silent", async () => {
    const { world, went } = imagine({ brakes: { leftAlone: true, silences: 3 } });
    expect(await plan(world, asked(), OWN)).toMatchObject({ decision: "rotate" });
    expect(went).toEqual([IN]);
  });

  it("goes in where keyturn.yml lets more in", async () => {
    const { world } = imagine({ brakes: { inside: 10 }, rules: { atOncePerServer: 11 } });
    expect(await plan(world, asked(SCHEDULED), OWN)).toMatchObject({ decision: "rotate" });
  });
});

it("goes out again where Plan fails after it went in", async () => {
  const { world, went } = imagine();
  world.ledger.noteBegin = () => Promise.reject(new Error("no table"));
  await expect(plan(world, asked(SCHEDULED), OWN)).rejects.toThrow("no table");
  expect(went).toEqual([IN, "out at postgres db:5432, answer unknown"]);
});

describe("a rotation in the line of all", () => {
  it("waits for its place", async () => {
    const { world, went } = imagine({ brakes: { line: 250 } });
    expect(await plan(world, asked(SCHEDULED), OWN)).toMatchObject({ decision: "rotate" });
    expect(went).toEqual([IN, "waited 250 ms"]);
  });

  it("goes out and comes again where the line is long, whoever asks", async () => {
    const { world, went } = imagine({ brakes: { line: 60_001 } });
    expect(await plan(world, asked(SCHEDULED), OWN)).toMatchObject({ decision: "wait", reason: "Paced", seconds: 61 });
    expect(went).toEqual([IN, "out at postgres db:5432, answer unknown"]);
  });
});
