import { randomUUID } from "node:crypto";
import { isElsewhere } from "../rotation/accounts.js";
import { type Brakes, minutesBefore } from "../rotation/brakes.js";
import type { LastRotation, Ledger } from "../rotation/ledger.js";
import { type NotDue, notDue } from "../rotation/plan/due.js";
import { hasNativeSchedule } from "../rotation/rotation-function.js";
import type { Rules } from "../rotation/rules.js";
import { settingsFrom } from "../rotation/settings.js";
import { nextBlackout } from "../schedule/blackout.js";
import { concurrencyOf, mostAtOnce } from "./concurrency.js";
import {
  bytesOf,
  type Cursor,
  type Fleet,
  type FleetItem,
  type FleetPage,
  type ListedSecret,
  type ListSecrets,
  MOST_BYTES,
  MOST_ITEMS,
} from "./page.js";
import { REQUEST, runName } from "./request.js";
import { isSelected } from "./selection.js";
import { inWaves, sizeOfWave, tells } from "./waves.js";

/** The name of the schedule that runs every managed secret dry, whichever schedule it belongs to and due or not. */
export const DOCTOR = "doctor";

/**
 * The next wave of the secrets that belong to the schedule and whose turn it is. Plan looks at each again, so a secret that
 * slips in here is skipped there. A run that is started again with the same time leaves out what was rotated since, so it
 * goes on where it stopped. Of a large fleet with nothing to do, a wave may be empty and lead to the next.
 */
export async function listDue(
  fleet: Fleet,
  list: ListSecrets,
  { lastOf, closedAmong }: Pick<Ledger, "lastOf"> & Pick<Brakes, "closedAmong">,
  now: Date,
  rules: Rules,
): Promise<FleetPage> {
  const items: FleetItem[] = [];
  const leftOut: Record<string, number> = {};
  const waiting: Record<string, number> = {};
  const servers: Array<string | undefined> = [];
  const page = (next: Cursor | null): FleetPage => ({
    items,
    cursor: next,
    concurrency: Math.max(1, Math.min(concurrencyOf(fleet), mostAtOnce(servers, rules))),
    leftOut,
    waiting,
  });
  const size = inWaves(fleet) ? sizeOfWave(fleet.wave ?? 0) : MOST_ITEMS;
  const startBefore = nextBlackout(fleet.blackouts ?? [], fleet.timezone ?? "Etc/UTC", now);
  let bytes = 0;
  // A wave is measured by those that can say something of the run.
  let telling = 0;
  let cursor: Cursor | null = fleet.cursor ?? { passed: 0 };
  for (let lists = 0; cursor && lists < MOST_LISTS; lists += 1) {
    const { token, passed }: Cursor = cursor;
    const listed = await list(token);
    if (listed.unreachable) leftOut[listed.unreachable] = 1;
    const ours = listed.secrets.filter((secret) => belongs(secret, fleet, rules.stage));
    const lasts = await lastOf(ours.map(({ arn }) => arn));
    const early = new Map(
      ours.map((secret) => [secret, turnOf(secret, fleet, lasts.get(secret.arn), startBefore, now, rules)] as const),
    );
    const serversOfDue = ours.flatMap((secret) => (early.get(secret) ? [] : (lasts.get(secret.arn)?.server ?? [])));
    const closed = new Map(
      fleet.dryRun || fleet.asked ? [] : await closedAmong([...new Set(serversOfDue)], now, noneSince(fleet, now)),
    );
    for (const [index, secret] of listed.secrets.entries()) {
      if (index < passed || !ours.includes(secret) || hasFailed(fleet, secret.arn)) continue;
      const last = lasts.get(secret.arn);
      const reason = early.get(secret)?.reason;
      if (reason) {
        leftOut[reason] = (leftOut[reason] ?? 0) + 1;
        continue;
      }
      const shut = closed.get(last?.server ?? "");
      if (shut) {
        waiting[shut] = (waiting[shut] ?? 0) + 1;
        continue;
      }
      const due = itemFor(secret.arn, fleet, rules, last, startBefore);
      const more = bytesOf(due);
      if (telling === size || items.length === MOST_ITEMS || bytes + more > MOST_BYTES)
        return page({ ...(token ? { token } : {}), passed: index });
      servers.push(last?.server);
      // The next of that server would be sent away.
      if (last?.server && fleet.staggerMinutes) closed.set(last.server, "Staggered");
      items.push(due);
      bytes += more;
      if (tells(due)) telling += 1;
    }
    cursor = listed.nextToken ? { token: listed.nextToken, passed: 0 } : null;
  }
  return page(cursor);
}

function noneSince({ staggerMinutes }: Fleet, now: Date): Date | undefined {
  return staggerMinutes === undefined ? undefined : minutesBefore(now, staggerMinutes);
}

function hasFailed({ lap, failed = [] }: Fleet, arn: string): boolean {
  return (lap?.number ?? 0) > 0 && failed.includes(arn);
}

/** The most that one ListSecrets gives. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html */
export const LIST_PAGE = 100;

/** Of each, a list and a batch of reads: half a minute at 100 ms each. The function has two. */
const MOST_LISTS = 150;

/** The two tags are the opt-in, whatever is selected. */
export function belongs(secret: ListedSecret, fleet: Fleet, stage: string): boolean {
  const { tags } = secret;
  return (
    tags["keyturn:stage"]?.trim() === stage &&
    isOn(fleet.schedule, tags["keyturn:schedule"]?.trim()) &&
    isSelected(secret, fleet)
  );
}

function isOn(schedule: string, tag = ""): boolean {
  return schedule === DOCTOR || schedule === REQUEST ? tag !== "" : tag === schedule;
}

/** As Plan decides it, so that what waits for its turn costs no execution. What only Plan can say is started. */
export function turnOf(
  secret: ListedSecret,
  fleet: Fleet,
  last: LastRotation | undefined,
  startBefore: Date | undefined,
  now: Date,
  rules: Pick<Rules, "stage">,
): NotDue | undefined {
  if (fleet.schedule === DOCTOR) return undefined;
  const { schedule, scheduledAt, dueAfterDays, asked } = fleet;
  try {
    const settings = settingsFrom(secret.tags, rules);
    if (!settings) return undefined;
    const request = {
      ...(asked ?? { schedule }),
      askedAt: new Date(scheduledAt),
      ...(dueAfterDays === undefined ? {} : { dueAfterDays }),
      ...(startBefore ? { startBefore } : {}),
    };
    const nativeSchedule = hasNativeSchedule({ rotationEnabled: false, ...secret }, rules);
    return notDue({ request, secret, settings, last, nativeSchedule }, now);
  } catch {
    return undefined;
  }
}

/**
 * Under a name that nobody can take beforehand. Of a schedule that is delivered twice the second start finds that the secret
 * is being rotated, or was since it was asked for.
 */
export function itemFor(
  secretId: string,
  fleet: Fleet,
  rules: Rules,
  last?: LastRotation,
  startBefore?: Date,
): FleetItem {
  const { schedule, scheduledAt, dueAfterDays, staggerMinutes, asked, tags } = fleet;
  return {
    name: randomUUID(),
    input: {
      secretId,
      ...(asked ?? {
        trigger: "schedule",
        ...(schedule === DOCTOR ? {} : { schedule }),
        requestedBy: `schedule ${schedule}`,
      }),
      askedAt: scheduledAt,
      ...(tags ? { tags } : {}),
      run: runName(fleet),
      ...(dueAfterDays === undefined ? {} : { dueAfterDays }),
      ...(startBefore ? { startBefore: startBefore.toISOString() } : {}),
      ...(staggerMinutes === undefined ? {} : { staggerMinutes }),
    },
    ...(last?.failures ? { failing: true } : {}),
    ...(isElsewhere(secretId, rules) ? { elsewhere: true } : {}),
  };
}
