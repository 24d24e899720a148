import { describe, expect, it } from "vitest";
import { listDue } from "../../src/fleet/list-due.js";
import type { Fleet, FleetPage, FleetResult, ListedSecret } from "../../src/fleet/page.js";
import { sumUp } from "../../src/fleet/sum-up.js";
import type { LastKnown } from "../../src/rotation/ledger.js";

const [OWN, THERE] = ["000000000000", "111122223333"];
const accounts = { partition: "aws", own: OWN, others: [THERE] };
const RULES = { stage: "dev", admins: [], readers: [], mayAskFor: {}, accounts };
const NOW = new Date("2026-11-24T00:00:00Z");
const FLEET: Fleet = { schedule: "nightly", scheduledAt: NOW.toISOString(), toleratedFailurePercent: 5 };

const secrets = (account: string, count: number): ListedSecret[] =>
  Array.from({ length: count }, (_, index) => ({
    arn: `arn:aws:secretsmanager:eu-central-1:${account}:secret:app/${index}-AbCdEf`,
    name: `app/${index}`,
    tags: { "keyturn:stage": "dev", "keyturn:schedule": "nightly" },
  }));

const isOwn = (arn: unknown) => String(arn).includes(`:${OWN}:`);

/** A run over so many secrets of each account; the own ones wait for their server in the first lap where `silent` says so. */
async function run(own: number, there: number, fails: (arn: string) => boolean, silent = false) {
  const all = [...secrets(OWN, own), ...secrets(THERE, there)];
  const pages: FleetPage[] = [];
  let [fleet, inExecution, most] = [FLEET, 0, 0];
  for (;;) {
    const isShut = silent && !fleet.lap?.number;
    const lastOf = async (arns: readonly string[]) =>
      new Map(arns.filter(isOwn).map((arn) => [arn, { server: "postgres db:5432" } as LastKnown]));
    const closedAmong = async (servers: readonly string[]) =>
      new Map(isShut ? servers.map((one) => [one, "ServerSilent" as const]) : []);
    const page = await listDue(fleet, async () => ({ secrets: all }), { lastOf, closedAmong }, NOW, RULES);
    const results = page.items.map(
      ({ input }): FleetResult =>
        fails(String(input.secretId))
          ? { outcome: "rolled back", reason: "ProbeFailed" }
          : { outcome: "succeeded", reason: "Started" },
    );
    pages.push(page);
    inExecution += page.items.length;
    most = Math.max(most, inExecution);
    const summed = sumUp(fleet, page, results);
    if (summed.next === "end" || summed.next === "stopped") return { pages, most, ...summed };
    if (summed.next !== "wave") inExecution = 0;
    fleet = summed.fleet;
  }
}

const theirs = (arn: string) => !isOwn(arn);
const [FIRST, SECOND] = secrets(OWN, 2).map(({ arn }) => arn);

describe("a run that judges its waves", () => {
  it.each<
    [string, own: number, there: number, (arn: string) => boolean, next: string, failed: number, rotated: number]
  >([
    ["is not stopped by another account's", 20, 1_200, theirs, "end", 1_200, 20],
    ["has none of theirs for a canary", 0, 1_200, theirs, "end", 1_200, 0],
    ["is stopped by its own canary", 20, 1_200, (arn) => arn === FIRST, "stopped", 1, 0],
    ["is stopped by few of its own among many of theirs", 5, 1_200, isOwnButFirst, "stopped", 4, 497],
    ["is not stopped by one of its own among theirs", 5, 600, (arn) => arn === SECOND, "end", 1, 604],
  ])("%s", async (_, own, there, fails, next, failed, rotated) => {
    const ended = await run(own, there, fails);
    expect(ended).toMatchObject({ next, totals: { failed, rotated } });
    // What an execution's history holds.
    expect(ended.most).toBeLessThanOrEqual(520);
  });

  it("comes to its own that waited, whatever became of theirs", async () => {
    const { next, totals, pages } = await run(20, 150, theirs, true);
    expect({ next, ...totals }).toMatchObject({ next: "end", rotated: 20, failed: 150 });
    expect(pages[0]).toMatchObject({ waiting: { ServerSilent: 20 } });
  });

  it("begins with few of its own, however many of theirs came before", async () => {
    const { pages } = await run(30, 1_200, () => false, true);
    const own = pages.map(({ items }) => items.filter(({ input }) => isOwn(input.secretId)).length);
    expect(own.slice(0, 5)).toEqual([0, 0, 0, 10, 20]);
  });
});

function isOwnButFirst(arn: string): boolean {
  return isOwn(arn) && arn !== FIRST;
}
