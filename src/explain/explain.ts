import { ADOPTION, COMMAND, CONSUMERS, NATIVE, WORKFLOW } from "./around.js";
import { AWS } from "./aws.js";
import { CONNECTING, SERVERS } from "./connections.js";
import type { Chapter, Explanation } from "./explanation.js";
import { LOGINS, PAIRS, RIGHTS } from "./logins.js";
import { NAMES } from "./names.js";
import { BEGUN, CHECKED, FLEETS, LEFT, OVERDUE, RETIRING, SILENT, SKIPPED, TOLD, WAITING } from "./reasons.js";
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
  SILENT,
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

type Met = readonly [of: string, entry: Explanation];

function byCode(chapters: readonly Chapter[]): ReadonlyMap<string, Explanation> {
  const met = new Map<string, Met[]>();
  for (const { of, entries } of chapters)
    for (const entry of entries) {
      const key = folded(entry.code);
      met.set(key, [...(met.get(key) ?? []), [of, entry]]);
    }
  return new Map([...met].map(([key, places]) => [key, explained(places)]));
}

/** By the first place in which it is met, with what is otherwise in the others. */
function explained(places: readonly Met[]): Explanation {
  const [, first] = places[0] as Met;
  const said = (of: "means" | "todo") => together(places.map(([place, entry]) => [place, entry[of]]));
  return { ...first, means: said("means"), todo: said("todo") };
}

/** A text that all have; or each of them, with its place before it. */
function together(texts: ReadonlyArray<readonly [place: string, text: string]>): string {
  const places = new Map<string, string[]>();
  for (const [place, text] of texts) places.set(text, [...(places.get(text) ?? []), place]);
  const [only, ...others] = places.keys();
  if (only !== undefined && others.length === 0) return only;
  return [...places].map(([text, of]) => `Of ${of.join(" and ")}: ${text}`).join(" ");
}

function folded(code: string): string {
  return code.trim().toLowerCase();
}
