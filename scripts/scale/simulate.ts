import { LIST_PAGE, listDue } from "../../src/fleet/list-due.js";
import type { Fleet, FleetPage, FleetResult, ListedSecret, ListSecrets } from "../../src/fleet/page.js";
import { sumUp } from "../../src/fleet/sum-up.js";
import type { LastKnown } from "../../src/rotation/ledger.js";
import { ASSUMED, add, times } from "../costs/dollars.js";
import { ROTATION, type Usage } from "../costs/usage.js";
import { inSlots, spreading, type Writes, writes } from "./clock.js";
import { BOTH_ENDS, definitionOf, eventsIn, wayThrough, workOf } from "./machine.js";

export interface Scene {
  readonly secrets: number;
  /** Characters of a secret's name: 512 at most. */
  readonly nameLength: number;
  /** How many rotations the schedule has at once. */
  readonly concurrency: number;
  /** The share that may fail; with it the run goes in waves. */
  readonly toleratedFailurePercent?: number;
  /** Of Secrets Manager's writes. */
  readonly writesASecond: number;
}

/** What a run of a schedule comes to that rotates every secret at the first try. */
export interface Simulated {
  readonly waves: number;
  /** Of `rotate-fleet`. */
  readonly executions: number;
  readonly listCalls: number;
  readonly batchReads: number;
  readonly rotated: number;
  /** Events in the longest history of `rotate-fleet`; `worst`: where each start was refused as often as it is tried again. */
  readonly history: { readonly good: number; readonly worst: number; readonly rotation: number };
  /** Of the largest state. */
  readonly stateBytes: number;
  readonly seconds: number;
  readonly writesPerSecondMax: number;
  /** All of it; reads in units. */
  readonly usage: Usage;
}

const RULES = { stage: "dev", admins: [], readers: [], mayAskFor: {} };
const ROTATED: FleetResult = { outcome: "succeeded", reason: "Started" };

/** Seconds that nobody has measured at AWS yet. */
const SECONDS = {
  /** As src/fleet/list-due.ts takes it. */
  list: 0.1,
  /** Of a state machine's own. */
  call: 0.1,
  /** Until who waits for an execution learns of its end. */
  notice: 1,
};

/** As MOST_ITEMS is reckoned, in src/fleet/page.ts. */
const WORST_EVENTS = 47;

const fleetMachine = definitionOf("rotate-fleet");
const rotationMachine = definitionOf("rotate-secret");
const GOOD_ROTATION = wayThrough(rotationMachine, { Decide: "Create secret" });
const EACH = fleetMachine.States["Rotate each"]?.ItemProcessor ?? fleetMachine;
const GOOD_ITEM = BOTH_ENDS + eventsIn(EACH, wayThrough(EACH, {}));

/** The phases that write to Secrets Manager, once each. */
const WRITES = ["Create secret", "Finish secret"];

/** The run in virtual time, by the product's own lists, pages and waves. */
export async function simulate(scene: Scene): Promise<Simulated> {
  const now = new Date("2026-11-28T02:00:00Z");
  const brake = writes(scene.writesASecond);
  const spread = spreading(scene.secrets);
  let [listCalls, batchReads, itemsRead] = [0, 0, 0];
  const list: ListSecrets = async (token) => {
    listCalls += 1;
    const from = Number(token ?? 0);
    const to = Math.min(from + LIST_PAGE, scene.secrets);
    const secrets = Array.from({ length: to - from }, (_, index) => secretAt(from + index, scene.nameLength));
    return { secrets, ...(to < scene.secrets ? { nextToken: String(to).padStart(TOKEN, "0") } : {}) };
  };
  const records = {
    async lastOf(arns: readonly string[]) {
      batchReads += Math.ceil(arns.length / BATCH);
      itemsRead += arns.length;
      return new Map(
        arns.map((arn, index): [string, LastKnown] => [arn, { ...LONG_AGO, server: `postgres db-${index}:5432` }]),
      );
    },
    async closedAmong(servers: readonly string[]) {
      batchReads += Math.ceil(servers.length / BATCH);
      itemsRead += servers.length;
      return new Map<string, never>();
    },
  };
  let fleet: Fleet = {
    schedule: "nightly",
    scheduledAt: now.toISOString(),
    concurrency: scene.concurrency,
    ...(scene.toleratedFailurePercent === undefined ? {} : { toleratedFailurePercent: scene.toleratedFailurePercent }),
  };
  let [waves, executions, transitions, stateBytes, seconds, rotated, events] = [0, 1, 0, 0, 0, 0, 0];
  let own = { good: BOTH_ENDS, worst: BOTH_ENDS };
  const history = { good: 0, worst: 0, rotation: BOTH_ENDS + eventsIn(rotationMachine, GOOD_ROTATION) };
  for (let next = "wave"; next === "wave" || next === "execution"; ) {
    const before = listCalls;
    const page = await listDue(fleet, list, records, now, RULES);
    seconds += ASSUMED.secondsAnInvocation + (listCalls - before) * 2 * SECONDS.list;
    seconds = inSlots(seconds, page.items.length, page.concurrency, (begins) => rotation(begins, spread, brake));
    seconds += ASSUMED.secondsAnInvocation;
    const results = page.items.map(() => ROTATED);
    const sum = sumUp(fleet, page, results);
    stateBytes = Math.max(stateBytes, bytesOf({ ...fleet, page: stateOf(page), results }));
    const way = wayOf(waves === 0, sum.next);
    transitions += way.length;
    events += way.filter((state) => state.startsWith("Announce ")).length;
    const most = eventsIn(fleetMachine, way);
    own = {
      good: own.good + most + page.items.length * GOOD_ITEM,
      worst: own.worst + most + page.items.length * WORST_EVENTS,
    };
    history.good = Math.max(history.good, own.good);
    history.worst = Math.max(history.worst, own.worst);
    if (sum.next === "execution") {
      executions += 1;
      own = { good: BOTH_ENDS, worst: BOTH_ENDS };
    }
    waves += 1;
    rotated = sum.totals.rotated;
    fleet = sum.fleet;
    next = sum.next;
  }
  const run: Usage = {
    transitions,
    invocations: 2 * waves,
    secretCalls: listCalls,
    reads: itemsRead * UNITS_AN_ITEM,
    writes: 0,
    events,
  };
  return {
    waves,
    executions,
    listCalls,
    batchReads,
    rotated,
    history,
    stateBytes,
    seconds,
    writesPerSecondMax: brake.most(),
    usage: add(times(ROTATION, rotated), run),
  };
}

/** As long as one may be. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html */
const TOKEN = 4_096;

/** Each secret was rotated before, and is on a server of its own. */
const LONG_AGO: LastKnown = {
  executionArn: "",
  outcome: "succeeded",
  endedAt: "2026-01-01T00:00:00Z",
  begunAt: "2026-01-01T00:00:00Z",
  rotatedAt: "2026-01-01T00:00:00Z",
};

/** Keys of a BatchGetItem, as src/aws/ledger.ts has them. */
const BATCH = 100;

/** Of up to 4 KB, read eventually consistent. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
const UNITS_AN_ITEM = 0.5;

/** The how many-th that a list gives. */
function secretAt(index: number, nameLength: number): ListedSecret {
  const name = String(index).padStart(nameLength, "shop/");
  return {
    arn: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`,
    name,
    tags: { "keyturn:stage": "dev", "keyturn:schedule": "nightly" },
    createdAt: new Date(0),
  };
}

/** When a rotation ends for the fleet that begins then. */
function rotation(begins: number, spread: (seconds: number) => number, brake: Writes): number {
  let at = begins;
  for (const state of GOOD_ROTATION) {
    const work = workOf(rotationMachine, state);
    if (work === "function") at += spread(ASSUMED.secondsAnInvocation);
    if (work === "call") at += spread(SECONDS.call);
    if (WRITES.includes(state)) at = brake.at(at);
  }
  return at + SECONDS.notice;
}

function wayOf(begins: boolean, next: string): string[] {
  const turns: Readonly<Record<string, string>> = { wave: "Next wave", execution: "Carry on anew" };
  const first = begins ? { "Does it begin?": "Announce beginning" } : {};
  const machine = turns[next] === "Next wave" ? withoutLoop : fleetMachine;
  return wayThrough(machine, { ...first, "More?": turns[next] ?? "Announce summary" });
}

/** Ends where the next wave begins. */
const withoutLoop = {
  ...fleetMachine,
  States: { ...fleetMachine.States, "Next wave": { Type: "Pass" as const } },
};

/** What "List due secrets" leaves in the state. */
function stateOf({ items, cursor, concurrency, leftOut }: FleetPage) {
  const machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:keyturn-dev-rotate-secret";
  return { items, machine, concurrency, cursor, leftOut, begins: { isNow: false, detailType: "", detail: {} } };
}

function bytesOf(state: object): number {
  return Buffer.byteLength(JSON.stringify(state));
}
