import { ASSUMED, dollarsOf } from "../costs/dollars.js";
import { markdown } from "../tables/markdown.js";
import { type Need, secondsFor, sharesOf } from "./binding.js";
import { QUOTAS, type Quota, WRITES_A_SECOND } from "./quotas.js";
import { type Simulated, simulate } from "./simulate.js";

export const SIZES = [1_000, 10_000, 100_000, 500_000] as const;

/** As keyturn.yml is delivered, and the most that an inline Map does. */
const DEFAULT = 10;
const MOST = 40;

/** Characters of a name as teams have them, and of the longest. */
const NAME = 40;
const LONGEST_NAME = 512;

/** Runs over the same secrets, all of them due. */
interface Runs {
  readonly secrets: number;
  /** So many at once as is delivered. */
  readonly plain: Simulated;
  /** As many as can be. */
  readonly fast: Simulated;
  readonly longNames: Simulated;
  readonly inWaves: Simulated;
}

const ROWS: ReadonlyArray<readonly [what: string, of: (runs: Runs) => string]> = [
  ["executions of `rotate-fleet`", ({ fast }) => count(fast.executions)],
  ["executions of `rotate-secret`", ({ fast }) => count(fast.rotated)],
  ["state transitions", ({ fast }) => count(fast.usage.transitions)],
  ["history of a rotation, events", ({ fast }) => count(fast.history.rotation)],
  ["longest history of `rotate-fleet`, events", ({ fast }) => count(fast.history.good)],
  ["the same in waves, each start refused and tried again", ({ inWaves }) => count(inWaves.history.worst)],
  ["largest state, bytes", ({ fast }) => count(fast.stateBytes)],
  [`the same with names of ${LONGEST_NAME} characters`, ({ longNames }) => count(longNames.stateBytes)],
  ["calls of ListSecrets", ({ fast }) => count(fast.listCalls)],
  ["calls of BatchGetItem", ({ fast }) => count(fast.batchReads)],
  ["calls of Secrets Manager", ({ fast }) => count(fast.usage.secretCalls)],
  ["of these, writes", ({ fast }) => count(2 * fast.rotated)],
  [`writes a second, ${DEFAULT} at once: mean, most`, ({ plain }) => writesOf(plain)],
  [`writes a second, ${MOST} at once: mean, most`, ({ fast }) => writesOf(fast)],
  ["DynamoDB, read units", ({ fast }) => count(fast.usage.reads)],
  ["DynamoDB, write units", ({ fast }) => count(fast.usage.writes * ASSUMED.unitsAWrite)],
  // The state and the claim on a login are written over; records stay.
  ["DynamoDB, items after the first run", ({ fast }) => count(3 * fast.rotated)],
  ["DynamoDB, items that each further run adds", ({ fast }) => count(fast.rotated)],
  ["dollars", ({ fast }) => dollarsOf(fast.usage).toFixed(2)],
  [`time, ${DEFAULT} at once`, ({ plain }) => time(plain.seconds)],
  [`time, ${MOST} at once`, ({ fast }) => time(fast.seconds)],
  [`time that ${WRITES_A_SECOND} writes a second take`, ({ fast }) => time((2 * fast.rotated) / WRITES_A_SECOND)],
  [`holds up ${MOST} at once`, ({ fast }) => named(secondsFor(fast, MOST)[0], time)],
  ["would hold it up next", ({ fast }) => named(secondsFor(fast, MOST)[1], time)],
  ["is taken up most", ({ inWaves, secrets }) => named(sharesOf(inWaves, secrets, MOST)[0], percent)],
];

/** What a run of a schedule comes to that rotates all of so many secrets: a column each. */
export async function scaleTable(): Promise<string> {
  const columns: Runs[] = [];
  for (const secrets of SIZES) columns.push(await runsOver(secrets));
  return markdown([
    ["Secrets, all due at once", ...SIZES.map(count)],
    ...ROWS.map(([what, of]) => [what, ...columns.map(of)]),
  ]);
}

async function runsOver(secrets: number): Promise<Runs> {
  const scene = { secrets, nameLength: NAME, writesASecond: WRITES_A_SECOND };
  return {
    secrets,
    plain: await simulate({ ...scene, concurrency: DEFAULT }),
    fast: await simulate({ ...scene, concurrency: MOST }),
    // Of these a page counts, and not how many there are.
    longNames: await simulate({ ...scene, secrets: SIZES[0], nameLength: LONGEST_NAME, concurrency: MOST }),
    inWaves: await simulate({ ...scene, secrets: SIZES[0], concurrency: MOST, toleratedFailurePercent: 5 }),
  };
}

/** What AWS allows, as it was reckoned with. */
export function quotaTable(): string {
  const row = ({ limit, of, adjustable, page }: Quota) => [count(limit), of, adjustable ? "yes" : "no", `<${page}>`];
  return markdown([["At most", "Of", "Can be raised", "Where it says so"], ...Object.values(QUOTAS).map(row)]);
}

function count(number: number): string {
  return Math.round(number).toLocaleString("en");
}

function writesOf({ rotated, seconds, writesPerSecondMax }: Simulated): string {
  return `${((2 * rotated) / seconds).toFixed(1)}, ${writesPerSecondMax}`;
}

function time(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function named(need: Need | undefined, told: (share: number) => string): string {
  return need ? `${need.what}: ${told(need.amount)}` : "";
}
