import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { createLogin, letsIn } from "../tools/postgres.js";
import { startProxy } from "../tools/tcp-proxy.js";

const postgres = inject("postgres");
const keyturn = useCloud({ rules: { atOncePerServer: 2 } });

let proxy: Awaited<ReturnType<typeof startProxy>>;
beforeAll(async () => {
  proxy = await startProxy(postgres);
});
afterAll(() => proxy.close());

async function runFleet(schedule: string, more: object = {}) {
  const executionArn = await keyturn.start("RotateFleet", {
    schedule,
    scheduledAt: new Date().toISOString(),
    concurrency: 8,
    ...more,
  });
  await keyturn.cloud.settled();
  const completed = (await keyturn.cloud.events())
    .map(({ event }) => event)
    .filter((event) => event["detail-type"] === "Fleet Rotation Completed" && event.detail.schedule === schedule);
  return { ...(await keyturn.ended(executionArn)), summary: completed.at(-1)?.detail ?? {} };
}

const secretsOf = (count: number, schedule: string, fields: object = {}) =>
  Promise.all(
    Array.from({ length: count }, async () =>
      keyturn.secretFor(await createLogin(), fields, { "keyturn:schedule": schedule }),
    ),
  );

describe("a fleet with many secrets of one server", () => {
  it("has no more than may be at work there at a time, and all in the end", async () => {
    const secrets = await secretsOf(7, "one-server");
    const { summary } = await runFleet("one-server");
    expect(summary).toMatchObject({ rotated: 7, skipped: 0, failed: 0, byReason: {} });
    for (const secret of secrets) expect(await letsIn(await keyturn.value(secret))).toBe(true);
    // Each was rotated once, and what had to wait left no record of a rotation.
    for (const secret of secrets)
      expect((await keyturn.records(secret)).filter(({ outcome }) => outcome !== "skipped")).toHaveLength(1);
  });
});

describe("a fleet whose rotations are kept apart", () => {
  it("begins one of a server and comes back for the next, which waits where its time has not come", async () => {
    const secrets = await secretsOf(3, "apart");
    // Waits pass a thousand times faster here, and the table's clock does not: nobody's time comes in this run, be it minutes long.
    const { summary } = await runFleet("apart", { staggerMinutes: 10, concurrency: 1 });
    expect(summary).toMatchObject({ rotated: 1, skipped: 2, failed: 0, byReason: { Staggered: 2 } });
    const [waiting = ""] = await Promise.all(
      secrets.map(async (secret) => ((await keyturn.records(secret))[0]?.reason === "Staggered" ? secret : [])),
    ).then((all) => all.flat());
    expect((await keyturn.rotate(waiting)).output).toMatchObject({ outcome: "succeeded" });
  });
});

describe("a fleet with a server that hangs", () => {
  it("leaves it after few tries, with nothing changed, and rotates all others; once it answers, a request rotates it", async () => {
    proxy.hang();
    const hung = await secretsOf(8, "hung", { port: proxy.port });
    const healthy = await secretsOf(5, "hung");
    const { summary } = await runFleet("hung");
    expect(summary).toMatchObject({ rotated: 5 });
    const { failed, skipped, byReason } = summary as { failed: number; skipped: number; byReason: object };
    expect(failed + skipped).toBe(8);
    expect(failed).toBeGreaterThanOrEqual(3);
    expect(failed).toBeLessThanOrEqual(5);
    expect(byReason).toEqual({ ConflictError: failed, ServerSilent: skipped });
    for (const secret of healthy) expect(await letsIn(await keyturn.value(secret))).toBe(true);
    for (const secret of hung) {
      const labels = Object.values(await keyturn.labels(secret)).flat();
      expect(labels.filter((label) => label !== "AWSPENDING")).toEqual(["AWSCURRENT"]);
      expect((await keyturn.records(secret))[0]).toMatchObject({ reason: "ServerSilent" });
    }

    proxy.heal();
    const untried = await Promise.all(
      hung.map(async (secret) =>
        (await keyturn.records(secret)).some(({ outcome }) => outcome === "failed") ? [] : [secret],
      ),
    );
    const [first = ""] = untried.flat();
    expect((await keyturn.rotate(first)).output).toMatchObject({ outcome: "succeeded" });
    expect((await runFleet("hung")).summary).toMatchObject({
      rotated: skipped + healthy.length,
      failed: 0,
      leftOut: { BackingOff: failed },
    });
  });
});
