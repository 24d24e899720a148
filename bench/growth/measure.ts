import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { LIST_PAGE, listDue } from "../../src/fleet/list-due.js";
import type { ListedSecret, ListSecrets } from "../../src/fleet/page.js";
import type { LastKnown } from "../../src/rotation/ledger.js";
import type { Stage } from "../../stage/stage.js";
import { type Spread, spread } from "../spread.js";
import { storeRotatable } from "./secrets.js";

const RULES = { stage: "dev", admins: [], readers: [], mayAskFor: {} };

export interface ListingFigures extends GrowthFigures {
  /** Of ListSecrets and BatchGetItem, in one round. */
  readonly calls: number;
}

/** What a schedule takes that has so many secrets. */
export interface GrowthFigures {
  readonly secrets: number;
  readonly rounds: number;
  /** For each secret: the round's milliseconds, divided. */
  readonly msPerSecret: Spread;
  readonly wholeMs: Spread;
}

/**
 * Looks through a schedule's secrets for the one that is due: what `list-due` does beside its calls, which are answered at
 * once and counted. The embedded cloud reads all its secrets for each page, which would be what is measured.
 */
export async function measureListing(
  sizes: readonly number[],
  rounds: number,
  interrupted: AbortSignal,
): Promise<ListingFigures[]> {
  const now = new Date();
  const fleet = { schedule: "growth", scheduledAt: now.toISOString(), dueAfterDays: 30 };
  const figures: ListingFigures[] = [];
  for (const secrets of sizes) {
    let calls = 0;
    const all = listed(secrets, fleet.schedule, now);
    const list: ListSecrets = async (token) => {
      calls += 1;
      const [from, to] = [Number(token ?? 0), Number(token ?? 0) + LIST_PAGE];
      return { secrets: all.slice(from, to), ...(to < secrets ? { nextToken: String(to) } : {}) };
    };
    const records = {
      async lastOf() {
        calls += 1;
        return new Map<string, LastKnown>();
      },
      closedAmong: async () => new Map<string, never>(),
    };
    const look = async () => {
      const { items, cursor } = await listDue(fleet, list, records, now, RULES);
      if (items.length !== 1 || cursor) throw new Error(`Of ${secrets} secrets ${items.length} are due, not 1.`);
    };
    await look();
    calls = 0;
    const times = await timed(rounds, interrupted, look);
    figures.push({ ...growth(secrets, times), calls: calls / rounds });
  }
  return figures;
}

/** As many secrets of the schedule as that, of which the last is old enough. */
function listed(count: number, schedule: string, now: Date): ListedSecret[] {
  return Array.from({ length: count }, (_, index) => ({
    arn: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/${index}-AbCdEf`,
    name: `shop/${index}`,
    tags: { "keyturn:stage": "dev", "keyturn:schedule": schedule },
    createdAt: index === count - 1 ? new Date(0) : now,
  }));
}

/** Rotates a whole fleet, each secret a user of PostgreSQL's, by the state machine that a schedule starts. */
export async function measureFleets(
  stage: Stage,
  sizes: readonly number[],
  rounds: number,
  interrupted: AbortSignal,
): Promise<GrowthFigures[]> {
  const { cloud } = stage;
  const sfn = new SFNClient(cloud.clientConfig);
  const stateMachineArn = cloud.resource("RotateFleet").ref;
  const figures: GrowthFigures[] = [];
  for (const secrets of sizes) {
    const schedule = `fleet-${secrets}`;
    await storeRotatable(stage, schedule, secrets, interrupted);
    const times = await timed(rounds, interrupted, async () => {
      const input = JSON.stringify({ schedule, scheduledAt: new Date().toISOString(), concurrency: 10 });
      const { executionArn = "" } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
      await cloud.ended(executionArn);
      const { output = "{}", cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      const { rotated } = JSON.parse(output) as { rotated?: number };
      if (rotated !== secrets) throw new Error(`Of ${secrets} secrets ${rotated} were rotated: ${cause ?? output}`);
    });
    await cloud.settled();
    figures.push(growth(secrets, times));
  }
  return figures;
}

async function timed(rounds: number, interrupted: AbortSignal, work: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    interrupted.throwIfAborted();
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times;
}

function growth(secrets: number, times: readonly number[]): GrowthFigures {
  return {
    secrets,
    rounds: times.length,
    msPerSecret: spread(
      times.map((ms) => ms / secrets),
      5,
    ),
    wholeMs: spread(times, 3),
  };
}
