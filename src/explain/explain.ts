import { ADOPTION, COMMAND, CONSUMERS, NATIVE, WORKFLOW } from "./around.js";
import { AWS } from "./aws.js";
import { CONNECTING, LOGINS, PAIRS, RIGHTS, SERVERS } from "./databases.js";
import type { Chapter, Explanation } from "./explanation.js";
import { NAMES } from "./names.js";
import { BEGUN, CHECKED, FLEETS, LEFT, OVERDUE, RETIRING, SKIPPED, TOLD, WAITING } from "./reasons.js";
import { ADMINS, SECRETS, VERSIONS } from "./secrets.js";
import { SHOWN, WHY_SHOWN } from "./states.js";
import { ALARMS, EVENTS } from "./watched.js";

export type { Explanation, Kind } from "./explanation.js";

/** The runbook, in the order in which it is read. */
export const CHAPTERS: readonly Chapter[] = [
  EVENTS,
  ALARMS,
  SHOWN,
  WHY_SHOWN,
  SKIPPED,
  WAITING,
  BEGUN,
  FLEETS,
  OVERDUE,
  RETIRING,
  TOLD,
  LEFT,
  CHECKED,
  NAMES,
  SECRETS,
  ADMINS,
  VERSIONS,
  LOGINS,
  RIGHTS,
  PAIRS,
  CONNECTING,
  SERVERS,
  AWS,
  WORKFLOW,
  NATIVE,
  ADOPTION,
  CONSUMERS,
  COMMAND,
];

/**
 * What a code means: a reason, an error's code or name, an event's detail-type, an alarm. As people paste it: whatever its
 * capitals, with blanks around it, with the sentence behind its colon, an alarm by the name that CloudFormation made. A code that
 * is met in more than one place is explained for each. `undefined` for what is none of Keyturn's.
 */
export function explain(code: string): Explanation | undefined {
  const [, named] = /^\s*([\w.]+):/.exec(code) ?? /-([A-Za-z]+Alarm)-\w+\s*$/.exec(code) ?? [];
  return BY_CODE.get(folded(code)) ?? (named === undefined ? undefined : BY_CODE.get(folded(named)));
}

/** Every code, once each, in the order of the runbook. */
export function explanations(): readonly Explanation[] {
  return [...BY_CODE.values()];
}

const BY_CODE = byCode(CHAPTERS);

function byCode(chapters: readonly Chapter[]): ReadonlyMap<string, Explanation> {
  const found = new Map<string, Explanation>();
  for (const { of, entries } of chapters)
    for (const entry of entries) {
      const key = folded(entry.code);
      const before = found.get(key);
      found.set(key, before ? joined(before, entry, of) : entry);
    }
  return found;
}

function joined(before: Explanation, { means, todo }: Explanation, of: string): Explanation {
  const also = (text: string, more: string) => (text.includes(more) ? text : `${text} Of ${of}: ${more}`);
  return { ...before, means: also(before.means, means), todo: also(before.todo, todo) };
}

function folded(code: string): string {
  return code.trim().toLowerCase();
}
