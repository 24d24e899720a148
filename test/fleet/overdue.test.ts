import { describe, expect, it } from "vitest";
import { listOverdue, MOST_NAMED } from "../../src/fleet/list-overdue.js";
import { type Expected, overdue } from "../../src/fleet/overdue.js";
import type { Fleet, ListedSecret } from "../../src/fleet/page.js";
import { sumUp } from "../../src/fleet/sum-up.js";
import type { LastRotation } from "../../src/rotation/ledger.js";

const RULES = { stage: "dev", admins: [], readers: [], mayAskFor: {} };
/** A Saturday. */
const NOW = new Date("2026-11-28T12:00:00Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const rotated = (days: number, more: Partial<LastRotation> = {}) =>
  ({
    executionArn: "x",
    outcome: "succeeded",
    endedAt: daysAgo(days).toISOString(),
    rotatedAt: daysAgo(days).toISOString(),
    ...more,
  }) as LastRotation;

const NIGHTLY: Expected = { everyDays: 1, timezone: "Etc/UTC", dueAfterDays: 30 };

function secret(tags: Record<string, string> = {}, more: Partial<ListedSecret> = {}): ListedSecret {
  return {
    arn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/orders-AbCdEf",
    name: "shop/orders",
    tags: { "keyturn:stage": "dev", "keyturn:schedule": "nightly", ...tags },
    createdAt: daysAgo(400),
    changedAt: daysAgo(300),
    ...more,
  };
}

const WEEKLY = { everyDays: 7, dueAfterDays: 0 };

type Case = [
  what: string,
  given: {
    tags?: Record<string, string>;
    secret?: Partial<ListedSecret>;
    last?: LastRotation;
    schedule?: Partial<Expected>;
  },
  reason?: string,
];

const CASES: Case[] = [
  ["rotated in time", { last: rotated(10) }],
  ["due since yesterday", { last: rotated(31) }],
  ["due for not quite two days, of which one passes until the next run", { last: rotated(31.99) }],
  ["due for longer", { last: rotated(32.01) }, "NotTried"],
  ["rotated by Secrets Manager itself", { secret: { lastRotatedAt: daysAgo(3) }, last: rotated(200) }],
  ["never rotated, and old", {}, "NotTried"],
  ["never rotated, and tagged yesterday", { secret: { changedAt: daysAgo(0.9) } }],
  ["never rotated, and made yesterday", { secret: { createdAt: daysAgo(1), changedAt: daysAgo(1) } }],
  ["changed since, and rotated long ago", { secret: { changedAt: daysAgo(0) }, last: rotated(40) }, "NotTried"],
  ["due at each run of a weekly schedule", { schedule: WEEKLY, last: rotated(7.9) }],
  ["left out for longer than a week and a day", { schedule: WEEKLY, last: rotated(8.1) }, "NotTried"],
  ["of a schedule that somebody starts by hand", { schedule: { everyDays: 0 }, last: rotated(30.9) }],
  ["of one that nobody has started", { schedule: { everyDays: 0 }, last: rotated(31.1) }, "NotTried"],
  ["of a schedule that nobody made yet", { tags: { "keyturn:schedule": "not-yet" } }],
  ["of what every object has for a schedule", { tags: { "keyturn:schedule": "constructor" } }],
  ["of another stage", { tags: { "keyturn:stage": "prod" } }],
  ["without a schedule", { tags: { "keyturn:schedule": " " } }],
  ["that has a time of its own, to come", { tags: { "keyturn:due-at": "2026-12-24" }, last: rotated(100) }],
  ["that had one, three days ago", { tags: { "keyturn:due-at": "2026-11-25" }, last: rotated(10) }, "NotTried"],
  ["that had one, and was rotated since", { tags: { "keyturn:due-at": "2026-11-20" }, last: rotated(7) }],

  ["whose tags mean nothing", { tags: { "keyturn:strategie": "single-user" } }, "WrongTag"],
  ["that the schedule's selection leaves out", { schedule: { tags: { team: "payments" } } }, "NotSelected"],
  ["that it has", { schedule: { namePrefixes: ["shop/"] } }, "NotTried"],
  ["that is paused", { tags: { "keyturn:pause": "true" }, last: rotated(40, { failures: 2 }) }, "Paused"],
  ["that was paused until yesterday", { tags: { "keyturn:pause": "2026-11-27" } }, "NotTried"],
  ["that fails", { last: rotated(40, { outcome: "rolled back", failures: 9 }) }, "Failing"],
  ["that needs a person", { last: rotated(40, { outcome: "needs attention", failures: 1 }) }, "NeedsAttention"],
  ["in a blackout", { schedule: { blackouts: [{ from: "2026-11-20", to: "2026-12-24" }] } }, "Blackout"],
  ["in the hours of one only", { schedule: { blackouts: [{ hours: "13:00-18:00" }] } }, "NotTried"],
];

describe("whether a secret is overdue", () => {
  it.each(CASES)("%s", (_, { tags, secret: fields, last, schedule }, reason) => {
    const known = { nightly: { ...NIGHTLY, ...schedule } };
    expect(overdue(secret(tags, fields), last, known, NOW, RULES)).toBe(reason);
  });
});

describe("the look for them", () => {
  const FLEET: Fleet = { schedule: "overdue", scheduledAt: NOW.toISOString(), expected: { nightly: NIGHTLY } };
  const lastOf = async () => new Map<string, LastRotation>();

  /** All of its pages, as one execution has them. */
  async function look(secrets: readonly ListedSecret[]) {
    const list = async (token: string | undefined) => {
      const from = Number(token ?? 0);
      const more = from + 100 < secrets.length ? { nextToken: String(from + 100) } : {};
      return { secrets: secrets.slice(from, from + 100), ...more };
    };
    const nexts: string[] = [];
    for (let fleet = FLEET; ; ) {
      const page = await listOverdue(fleet, list, { lastOf }, NOW, RULES);
      expect(page.items).toEqual([]);
      const summed = sumUp(fleet, page, []);
      nexts.push(summed.next);
      if (summed.next !== "wave") return { nexts, totals: summed.totals };
      fleet = summed.fleet;
    }
  }

  it("counts them by reason, and names some", async () => {
    const many = Array.from({ length: 20_000 }, (_, index) =>
      secret(index % 2 === 0 ? {} : { "keyturn:pause": "true" }, { arn: `arn:${index}`, name: `shop/${index}` }),
    );
    const { nexts, totals } = await look(many);
    // In one execution, so that nobody else has counted.
    expect(nexts).toEqual(["wave", "end"]);
    expect(totals.leftOut).toEqual({ NotTried: 10_000, Paused: 10_000 });
    expect(totals.late).toHaveLength(MOST_NAMED);
    expect(totals.late?.slice(0, 2)).toEqual([
      { secretName: "shop/0", reason: "NotTried" },
      { secretName: "shop/1", reason: "Paused" },
    ]);
  });

  it("is of the other accounts where one cannot be reached", async () => {
    const pages = [
      { secrets: [secret()], nextToken: "1" },
      { secrets: [], unreachable: "x", nextToken: "2" },
    ];
    const list = async (token = "0") => pages[Number(token)] ?? { secrets: [secret({}, { arn: "arn:there" })] };
    const page = await listOverdue(FLEET, list, { lastOf }, NOW, RULES);
    expect(page).toMatchObject({ cursor: null, leftOut: { NotTried: 2 } });
  });

  it("says nothing where there is none", async () => {
    expect((await look([])).nexts).toEqual(["nothing"]);
    expect((await look([secret({ "keyturn:stage": "prod" })])).nexts).toEqual(["nothing"]);
  });
});
