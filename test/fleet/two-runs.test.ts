import { describe, expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import { gate, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, letsIn } from "../tools/postgres.js";
import { until } from "../tools/until.js";

const keyturn = useCloud();

const SECRETS = 12;

async function fleetOf(schedule: string): Promise<string[]> {
  const make = async () => keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": schedule });
  return Promise.all(Array.from({ length: SECRETS }, make));
}

/** Of each secret, how often it was rotated, by its records and by its versions; and that it lets in. */
async function rotations(
  secrets: readonly string[],
): Promise<Array<{ recorded: number; versions: number; in: boolean }>> {
  return Promise.all(
    secrets.map(async (secret) => ({
      recorded: (await keyturn.records(secret)).filter(({ outcome }) => outcome === "succeeded").length,
      // The first one has AWSPREVIOUS.
      versions: Object.keys(await keyturn.labels(secret)).length - 1,
      in: await letsIn(await keyturn.value(secret)),
    })),
  );
}

const ONCE = Array(SECRETS).fill({ recorded: 1, versions: 1, in: true });

describe("two runs of one schedule", () => {
  it.each([
    ["of one time", 0],
    ["of two times", 1],
  ])("%s at once rotate each secret once", async (_, later) => {
    const schedule = `twice-at-once-${later}`;
    const secrets = await fleetOf(schedule);
    const now = Date.now();
    const input = (at: number) => ({ schedule, scheduledAt: new Date(at).toISOString(), concurrency: 5 });
    const runs = [
      await keyturn.start("RotateFleet", input(now)),
      await keyturn.start("RotateFleet", input(now - later)),
    ];
    await keyturn.cloud.settled();
    expect(await rotations(secrets)).toEqual(ONCE);
    const ended = await Promise.all(runs.map(keyturn.ended));
    expect(ended.map(({ status }) => status)).toEqual(Array(2).fill("SUCCEEDED"));
    // Of all that a run has started one after the other: where a door was full, it comes again.
    const completed = (await keyturn.cloud.events())
      .map(({ event }) => event)
      .filter((event) => event["detail-type"] === "Fleet Rotation Completed" && event.detail.schedule === schedule);
    expect(completed.map(({ detail }) => detail.failed)).toEqual([0, 0]);
    expect(completed.reduce((sum, { detail }) => sum + Number(detail.rotated), 0)).toBe(SECRETS);
  });

  it("of which the second begins in the middle of the first rotate each secret once", async () => {
    const schedule = "twice-overlapping";
    const secrets = await fleetOf(schedule);
    // Two, because three that nobody answers would close the server's door to the second run.
    const input = { schedule, scheduledAt: new Date().toISOString(), concurrency: 2 };
    const { open, opened } = gate();
    let sets = 0;
    const inMiddle = (call: FaultyCall) => invokes("set-secret")(call) && ++sets > SECRETS / 2;
    const hold = keyturn.cloud.inject({ match: inMiddle, kind: "hold", when: "before", until: opened, times: 2 });
    await keyturn.start("RotateFleet", input);
    await until(() => hold.struck() === 2);
    const second = await keyturn.start("RotateFleet", input);
    await keyturn.cloud.ended(second);
    hold.lift();
    open();
    await keyturn.cloud.settled();
    expect(await rotations(secrets)).toEqual(ONCE);
    // Those that the first had in its hands were left to it, and those that it had rotated were not its turn.
    const { output } = await keyturn.ended(second);
    expect(output).toMatchObject({
      ...{ rotated: 4, failed: 0 },
      byReason: { AlreadyRotating: 2 },
      leftOut: { RotatedSinceAsked: 6 },
    });
  });
});
