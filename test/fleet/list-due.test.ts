import { describe, expect, it } from "vitest";
import { listDue } from "../../src/fleet/list-due.js";
import type { Fleet, FleetPage, FleetResult, ListedSecret } from "../../src/fleet/page.js";
import { sumUp } from "../../src/fleet/sum-up.js";
import { listUnsettled } from "../../src/fleet/unsettled.js";
import type { LastKnown } from "../../src/rotation/ledger.js";

const RULES = { stage: "dev", admins: [], readers: [], mayAskFor: {} };
const now = new Date("2026-11-24T00:00:00Z");
/** Of a schedule that may stop itself. */
const FLEET: Fleet = {
  schedule: "nightly",
  scheduledAt: "2026-11-24T00:00:00Z",
  dueAfterDays: 30,
  toleratedFailurePercent: 5,
};
const { toleratedFailurePercent: _, ...UNSTOPPABLE } = FLEET;

function secret(index: number, tags: Record<string, string> = {}, name = `app/${index}`): ListedSecret {
  return {
    arn: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`,
    name,
    tags: { "keyturn:stage": "dev", "keyturn:schedule": "nightly", ...tags },
    createdAt: new Date("2026-01-01T00:00:00Z"),
  };
}

/** Secrets Manager with these secrets, and the ledger with what became of them last, by the number of each, and which servers are silent. */
function account(
  secrets: readonly ListedSecret[],
  lasts: Readonly<Record<number, Partial<LastKnown>>> = {},
  silent: readonly string[] = [],
) {
  let lists = 0;
  const list = async (token: string | undefined) => {
    lists += 1;
    const from = Number(token ?? 0);
    return {
      secrets: secrets.slice(from, from + 100),
      ...(from + 100 < secrets.length ? { nextToken: String(from + 100) } : {}),
    };
  };
  const known = new Map(Object.entries(lasts).map(([index, last]) => [secrets[Number(index)]?.arn, last as LastKnown]));
  const lastOf = async (arns: readonly string[]) =>
    new Map([...known].flatMap(([arn, last]) => (arn && arns.includes(arn) ? [[arn, last] as const] : [])));
  const closedAmong = async (servers: readonly string[]) =>
    new Map(servers.filter((one) => silent.includes(one)).map((one) => [one, "ServerSilent" as const]));
  return {
    lists: () => lists,
    wave: (fleet: Fleet, at = now) => listDue(fleet, list, { lastOf, closedAmong }, at, RULES),
  };
}

const ids = ({ items }: FleetPage) => items.map(({ input }) => String(input.secretId).split(/[/-]/).at(-2));
const good = ({ items }: FleetPage) => items.map((): FleetResult => ({ outcome: "succeeded", reason: "Started" }));

/** All waves of a run, with these results. */
async function run(
  { wave }: ReturnType<typeof account>,
  fleet: Fleet = FLEET,
  resultsOf: (page: FleetPage) => FleetResult[] = good,
) {
  const waves: FleetPage[] = [];
  for (let summed = { fleet, next: "execution" }; ; ) {
    const page = await wave(summed.fleet);
    const results = resultsOf(page);
    // As "Sum up" has it.
    expect(Buffer.byteLength(JSON.stringify({ ...summed.fleet, page, results }))).toBeLessThan(262_144);
    waves.push(page);
    summed = sumUp(summed.fleet, page, results);
    if (summed.next !== "execution" && summed.next !== "wave") return { waves, ...summed };
  }
}

describe("the waves of a fleet", () => {
  it("are a canary, ten, and then as many as an execution holds; each secret is in one", async () => {
    const secrets = Array.from({ length: 2_345 }, (_, index) =>
      secret(index, { "keyturn:schedule": index % 2 === 0 ? "nightly" : "weekly" }),
    );
    const { waves, next, fleet } = await run(account(secrets));
    expect(waves.map(({ items }) => items.length)).toEqual([1, 10, 500, 500, 162]);
    const started = waves.flatMap(({ items }) => items);
    expect(new Set(started.map(({ input }) => input.secretId)).size).toBe(1_173);
    expect(new Set(started.map(({ name }) => name)).size).toBe(1_173);
    expect(started.every(({ name }) => /^[0-9a-f-]{36}$/.test(name))).toBe(true);
    expect({ next, ...fleet.totals }).toMatchObject({ next: "end", rotated: 1_173, failed: 0 });
  });

  it("fit into a state, however long the names are", async () => {
    const long = Array.from({ length: 1_000 }, (_, index) => secret(index, {}, `${index}/${"x".repeat(500)}`));
    const { waves } = await run(account(long), FLEET, ({ items }) =>
      items.map(() => ({ outcome: "skipped", reason: "AReasonOfQuiteSomeLength".repeat(2) })),
    );
    expect(waves.flatMap(({ items }) => items)).toHaveLength(1_000);
    expect(waves.length).toBeGreaterThan(5);
  });

  it("are empty where nothing was due for long, and the canary is still to come", async () => {
    const secrets = Array.from({ length: 20_002 }, (_, index) =>
      secret(index, index < 20_000 ? { "keyturn:schedule": "weekly" } : {}),
    );
    const all = account(secrets);
    const { waves, fleet } = await run(all);
    expect(waves.map(({ items }) => items.length)).toEqual([0, 1, 1]);
    expect(all.lists()).toBeLessThan(210);
    expect(fleet.totals).toMatchObject({ rotated: 2 });
  });

  it("of a dry run have no canary", async () => {
    const secrets = Array.from({ length: 30 }, (_, index) => secret(index));
    const { waves } = await run(account(secrets), { ...FLEET, dryRun: true });
    expect(waves.map(({ items }) => items.length)).toEqual([30]);
  });

  it("say how many secrets run at once, within what a Map can", async () => {
    const { wave } = account(Array.from({ length: 50 }, (_, index) => secret(index)));
    const said = [undefined, 0, 1, 7.9, 40, 99];
    const concurrency = said.map(
      async (asked) =>
        (await wave(asked === undefined ? UNSTOPPABLE : { ...UNSTOPPABLE, concurrency: asked })).concurrency,
    );
    expect(await Promise.all(concurrency)).toEqual([10, 1, 1, 7, 40, 40]);
  });
});

describe("a wave and the servers of its secrets", () => {
  const wide = { ...UNSTOPPABLE, concurrency: 40 };
  const at = (server: string) => ({ outcome: "succeeded", rotatedAt: "2026-01-02T00:00:00Z", server }) as const;
  const many = (count: number, server: (index: number) => string | undefined) => {
    const servers = Array.from({ length: count }, (_, index) => server(index));
    return account(
      servers.map((_, index) => secret(index)),
      Object.fromEntries(servers.flatMap((one, index) => (one ? [[index, at(one)]] : []))),
      ["postgres silent:5432"],
    );
  };

  it.each<[string, number, (index: number) => string | undefined, number]>([
    ["all of one server", 100, () => "postgres a:5432", 10],
    ["half of another", 100, (index) => `postgres ${index % 2}:5432`, 20],
    ["a few of it", 100, (index) => `postgres ${Math.min(index, 3)}:5432`, 13],
    ["of a server each", 100, (index) => `postgres ${index}:5432`, 40],
    ["never rotated, so that nobody knows", 100, () => undefined, 40],
    ["none", 0, () => undefined, 1],
  ])("runs no more at once than their doors let in: %s", async (_, count, server, expected) => {
    expect((await many(count, server).wave(wide)).concurrency).toBe(expected);
  });

  it("starts those of a silent server that somebody asked for: Plan lets a request in, too", async () => {
    const all = many(3, () => "postgres silent:5432");
    const asked = { schedule: "request", scheduledAt: FLEET.scheduledAt, asked: { trigger: "event" } } as const;
    const { items, waiting } = await all.wave(asked);
    expect([items.length, waiting]).toEqual([3, {}]);
    expect(items[0]?.input).toMatchObject({ trigger: "event", run: `request ${FLEET.scheduledAt}` });
  });

  it("leaves out in later laps what failed in one before", async () => {
    const all = many(3, () => "postgres a:5432");
    const failed = [secret(1).arn];
    const lap = { number: 1, waiting: {}, rotated: 0, idle: 0 };
    expect(ids(await all.wave({ ...wide, lap, failed }))).toEqual(["0", "2"]);
    expect(ids(await all.wave({ ...wide, failed }))).toEqual(["0", "1", "2"]);
  });

  it("leaves those of a silent server for later", async () => {
    const all = many(6, (index) => (index % 2 ? "postgres silent:5432" : "postgres a:5432"));
    const page = await all.wave(wide);
    expect(ids(page)).toEqual(["0", "2", "4"]);
    expect(page).toMatchObject({ waiting: { ServerSilent: 3 }, leftOut: {} });
  });

  it("begins one of each server where they are kept apart, and all that nobody knows the server of", async () => {
    const all = many(6, (index) => (index < 4 ? `postgres ${index % 2}:5432` : undefined));
    const page = await all.wave({ ...wide, staggerMinutes: 30 });
    expect(ids(page)).toEqual(["0", "1", "4", "5"]);
    expect(page).toMatchObject({ waiting: { Staggered: 2 }, leftOut: {} });
    expect(page.items[0]?.input).toMatchObject({ staggerMinutes: 30 });
  });

  it("looks at all of them on a dry run", async () => {
    const all = many(6, () => "postgres silent:5432");
    expect((await all.wave({ ...wide, dryRun: true })).items).toHaveLength(6);
  });
});

describe("what is left out of a wave", () => {
  const long = { ...FLEET, wave: 2 };

  it("is counted by the reason that Plan would give", async () => {
    const failed = { outcome: "failed", endedAt: "2026-11-23T23:30:00Z", failures: 1 } as const;
    const young = { outcome: "succeeded", begunAt: "2026-11-20T00:00:00Z", rotatedAt: "2026-11-20T00:00:00Z" } as const;
    const secrets = [
      secret(0),
      secret(1, { "keyturn:pause": "true" }),
      secret(2),
      secret(3),
      secret(4, { "keyturn:due-at": "2026-12-01" }),
      secret(5, { "keyturn:due-at": "2026-11-23" }),
      secret(6, { "keyturn:schedule": "weekly" }),
      secret(7, { "keyturn:stage": "prod" }),
    ];
    const page = await account(secrets, { 2: failed, 3: young, 5: young }).wave(long);
    expect(ids(page)).toEqual(["0", "5"]);
    expect(page.leftOut).toEqual({ Paused: 1, BackingOff: 1, NotDue: 2 });
  });

  it("is not what Plan alone can refuse: tags that are wrong", async () => {
    expect(ids(await account([secret(0, { "keyturn:strategie": "single-user" })]).wave(long))).toEqual(["0"]);
  });

  it("is what was rotated since the run was asked for, so that it can be started again", async () => {
    const since = { outcome: "succeeded", begunAt: "2026-11-24T00:01:00Z", rotatedAt: "2026-11-24T00:01:02Z" } as const;
    const { dueAfterDays: _, ...always } = FLEET;
    const page = await account([secret(0), secret(1)], { 0: since }).wave({ ...always, wave: 2 });
    expect(ids(page)).toEqual(["1"]);
    expect(page.leftOut).toEqual({ RotatedSinceAsked: 1 });
  });

  it("is everything in a blackout; before one, each is told when it must have begun", async () => {
    const fleet = { ...long, blackouts: [{ hours: "08:00-18:00" }], timezone: "Europe/Berlin" };
    const { wave } = account([secret(0), secret(1)]);
    expect(await wave(fleet, new Date("2026-11-24T09:00:00Z"))).toMatchObject({ items: [], leftOut: { Blackout: 2 } });
    const { items } = await wave(fleet, new Date("2026-11-24T02:00:00Z"));
    expect(items.map(({ input }) => input.startBefore)).toEqual(Array(2).fill("2026-11-24T07:00:00.000Z"));
  });

  it("is marked where it failed before, and comes all the same", async () => {
    const { items } = await account([secret(0), secret(1)], {
      1: { outcome: "failed", endedAt: "2026-11-20T00:00:00Z", failures: 3 },
    }).wave(long);
    expect(items.map(({ failing }) => failing)).toEqual([undefined, true]);
  });
});

describe("a run that stops itself", () => {
  const secrets = (length: number) => Array.from({ length }, (_, index) => secret(index));
  /** Those of these numbers fail. */
  const failing =
    (fails: (index: number) => boolean) =>
    (page: FleetPage): FleetResult[] =>
      ids(page).map((id) =>
        fails(Number(id))
          ? { outcome: "rolled back", reason: "ProbeFailed" }
          : { outcome: "succeeded", reason: "Started" },
      );

  it.each<[string, (index: number) => boolean, number, string, Partial<Fleet>?]>([
    ["at a canary that fails", (index) => index === 0, 1, "stopped"],
    ["not at one of the ten", (index) => index === 4, 700, "end"],
    ["at two of them", (index) => index === 4 || index === 5, 11, "stopped"],
    ["not at 25 of 500", (index) => index >= 20 && index < 45, 700, "end"],
    ["at 26 of 500", (index) => index >= 20 && index < 46, 511, "stopped"],
    [
      "at fewer where the schedule says so",
      (index) => index >= 20 && index < 26,
      511,
      "stopped",
      { toleratedFailurePercent: 1 },
    ],
    ["never where all may fail but the canary", (index) => index > 0, 700, "end", { toleratedFailurePercent: 100 }],
    ["not at its last wave, after which nothing is left to spare", (index) => index > 680, 700, "end"],
  ])("%s", async (_, fails, looked, next, settings = {}) => {
    const { waves, ...summed } = await run(account(secrets(700)), { ...FLEET, ...settings }, failing(fails));
    expect(waves.flatMap(({ items }) => items)).toHaveLength(looked);
    expect(summed.next).toBe(next);
  });

  it("never of itself: others could stop it, or hold it up by a slow canary", async () => {
    const { waves, next } = await run(
      account(secrets(700)),
      UNSTOPPABLE,
      failing(() => true),
    );
    expect(waves.map(({ items }) => items.length)).toEqual([500, 200]);
    expect(next).toBe("end");
  });

  it("does not stop at those that failed before", async () => {
    const lasts = Object.fromEntries(
      [0, 1, 2, 3].map((index) => [
        index,
        { outcome: "failed", endedAt: "2026-11-20T00:00:00Z", failures: 4 } as const,
      ]),
    );
    const { next, fleet } = await run(
      account(secrets(60), lasts),
      FLEET,
      failing((index) => index < 4),
    );
    expect({ next, ...fleet.totals }).toMatchObject({
      next: "end",
      rotated: 56,
      failed: 4,
      byReason: { ProbeFailed: 4 },
    });
  });

  it("does not stop at secrets that were skipped", async () => {
    const skipped = ({ items }: FleetPage) =>
      items.map((): FleetResult => ({ outcome: "skipped", reason: "AlreadyRotating" }));
    expect(await run(account(secrets(60)), FLEET, skipped)).toMatchObject({
      next: "end",
      fleet: { totals: { skipped: 60 } },
    });
  });

  it("is never a dry run", async () => {
    const bad = ({ items }: FleetPage) =>
      items.map((): FleetResult => ({ outcome: "check failed", reason: "ProbeFailed" }));
    const { next } = await run(account(secrets(600)), { ...FLEET, schedule: "doctor", dryRun: true }, bad);
    expect(next).toBe("end");
  });
});

describe("what nobody else looks after", () => {
  it("is recovered by no more at a time than fit", async () => {
    async function* unsettled() {
      for (let index = 0; index < 1_000; index += 1) {
        const secretArn = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${"x".repeat(507)}/${index}-AbCdEf`;
        yield { secretArn, last: { endedAt: "2026-01-01T00:00:00Z", failures: 1 } };
      }
    }
    const tags = { "keyturn:stage": "dev", "keyturn:schedule": "nightly" };
    const { items } = await listUnsettled(
      { schedule: "recovery", scheduledAt: "2026-11-24T00:00:00Z" },
      { unsettled },
      { lookUp: async () => undefined },
      { describe: async () => ({ tags }) } as never,
      RULES,
    );
    expect(items.length).toBeGreaterThan(200);
    expect(Buffer.byteLength(JSON.stringify(items))).toBeLessThan(200_000);
  });
});
