import { describe, expect, it } from "vitest";
import type { AuditSearch } from "../../src/console/desk.js";
import { searchAudit } from "../../src/console/reading/audit.js";
import { machineOf } from "../../src/console/reading/execution.js";
import { fleetReader } from "../../src/console/reading/fleet.js";
import { remembered } from "../../src/console/remembered.js";
import type { SecretStatus } from "../../src/overview/secret-status.js";
import type { Happening } from "../../src/overview/timeline.js";
import { gate } from "../tools/barriers.js";
import { until } from "../tools/until.js";
import { NOW, status } from "./imagined.js";

describe("the list of secrets, as the console keeps it", () => {
  it("shows what there is while it is read, then all; and reads again when it is told to, or has rested", async () => {
    let now = NOW.getTime();
    let reads = 0;
    const { open, opened } = gate();
    async function* read() {
      reads += 1;
      yield [status({ name: "one" })];
      await opened;
      yield [status({ name: "two" })];
    }
    const list = fleetReader(read, () => new Date(now));
    const names = async () => (await list.fleet()).secrets.map(({ name }) => name);
    expect([await names(), (await list.fleet()).isWhole]).toEqual([["one"], false]);
    now += 1_000;
    open();
    await until(async () => (await list.fleet()).isWhole);
    expect([await names(), reads]).toEqual([["one", "two"], 1]);
    // It took a second, so it rests for ten.
    now += 9_000;
    await names();
    expect(reads).toBe(1);
    now += 2_000;
    await names();
    expect(reads).toBe(2);
    list.reload();
    await names();
    expect(reads).toBe(3);
  });

  it("keeps what it knew where it cannot be read, and says why", async () => {
    let fails = false;
    async function* read(): AsyncGenerator<SecretStatus[]> {
      if (fails) throw new Error("no");
      yield [status()];
    }
    const list = fleetReader(read, () => NOW);
    expect((await list.fleet()).secrets).toHaveLength(1);
    fails = true;
    list.reload();
    expect(await list.fleet()).toMatchObject({
      isWhole: true,
      secrets: [{ name: "shop/orders" }],
      failed: Error("no"),
    });
    fails = false;
    list.reload();
    expect((await list.fleet()).failed).toBeUndefined();
  });
});

describe("what is asked once for a while", () => {
  it("is asked again when that is over, and at once where it failed", async () => {
    let now = 0;
    let asked = 0;
    const answer = remembered(
      () => new Date(now),
      1_000,
      async () => {
        asked += 1;
        if (asked === 1) throw new Error("no");
        return asked;
      },
    );
    await expect(answer()).rejects.toThrow("no");
    expect(await answer()).toBe(2);
    now = 999;
    expect(await answer()).toBe(2);
    now = 1_000;
    expect(await answer()).toBe(3);
  });
});

describe("an execution's machine", () => {
  const arn = (machine: string) => `arn:aws:states:eu-central-1:000000000000:stateMachine:keyturn-dev-${machine}`;
  const machines = {
    "rotate-secret": arn("rotate-secret"),
    "check-secret": arn("check-secret"),
    "retire-secret": arn("retire-secret"),
    "rotate-fleet": arn("rotate-fleet"),
  };

  it.each([
    ["keyturn-dev-rotate-secret:one", "rotate-secret"],
    ["keyturn-dev-rotate-fleet:one", "rotate-fleet"],
    ["keyturn-prod-rotate-secret:one", undefined],
    ["keyturn-dev-rotate-secret-of-another:one", undefined],
    ["", undefined],
  ])("is known by %j", (name, machine) =>
    expect(machineOf(`arn:aws:states:eu-central-1:000000000000:execution:${name}`, machines)).toBe(machine),
  );
});

describe("a search of the records", () => {
  const SEARCH: AuditSearch = { secret: "", outcome: "", reason: "", from: "", to: "" };
  const rotation = (at: string, outcome: string, reason: string): Happening =>
    ({ kind: "rotation", at, record: { outcome, reason } }) as unknown as Happening;
  const RECORDS: Readonly<Record<string, readonly Happening[]>> = {
    a: [
      rotation("2026-11-27T10:00:00.000Z", "failed", "ProbeFailed"),
      rotation("2026-11-20T10:00:00.000Z", "succeeded", "Started"),
    ],
    b: [{ kind: "change", at: "2026-11-26T23:59:59.000Z", record: {} } as unknown as Happening],
  };
  const secrets = ["a", "b"].map((name) => status({ name, arn: name }));
  const read = async ({ secretArn, before }: { secretArn: string; before?: string }) => ({
    happenings: (RECORDS[secretArn] ?? []).filter(({ at }) => before === undefined || at < before),
  });
  const found = async (search: Partial<AuditSearch>) =>
    (await searchAudit(secrets, read, { ...SEARCH, ...search })).happenings.map(({ at }) => at.slice(0, 10));

  it.each([
    ["all, the newest first", {}, ["2026-11-27", "2026-11-26", "2026-11-20"]],
    ["of a secret", { secret: "B" }, ["2026-11-26"]],
    ["with an outcome", { outcome: "succeeded" }, ["2026-11-20"]],
    ["what others changed", { outcome: "changed outside" }, ["2026-11-26"]],
    ["with a reason, in capitals or not", { reason: "probefailed" }, ["2026-11-27"]],
    ["from a day on", { from: "2026-11-26" }, ["2026-11-27", "2026-11-26"]],
    ["up to a day, that one whole", { to: "2026-11-26" }, ["2026-11-26", "2026-11-20"]],
    [
      "whatever is said of days that are none",
      { from: "2026-13-45", to: "x" },
      ["2026-11-27", "2026-11-26", "2026-11-20"],
    ],
  ])("finds %s", async (_, search, days) => expect(await found(search)).toEqual(days));

  it("says how far it looked", async () => {
    const many = Array.from({ length: 80 }, (_, number) => status({ name: `s${number}`, arn: `s${number}` }));
    const none = async () => ({ happenings: [] });
    expect(await searchAudit(many, none, SEARCH)).toEqual({ happenings: [], looked: 50, of: 80, isCut: false });
    const more = async () => ({ happenings: RECORDS.a ?? [], next: "there" });
    expect((await searchAudit(secrets, more, SEARCH)).isCut).toBe(true);
    expect((await searchAudit(secrets, more, { ...SEARCH, from: "2026-11-25" })).isCut).toBe(false);
  });
});
