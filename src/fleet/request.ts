import { invalid, isSecretId, object, tagsFrom } from "../rotation/input.js";
import { askOf, spoken } from "../rotation/request.js";
import type { Fleet } from "./page.js";
import type { Selection } from "./selection.js";

/** The name under which what somebody asked for runs, where that is more than one secret. */
export const REQUEST = "request";

/**
 * Reads what `rotate-fleet` is started with: as a schedule, or the wave before, writes it; or what is asked for by a person
 * (`{ selection, … }`) or by the rule for `Rotation Requested` (`{ trigger: "event", askedAt, request: { selection, … } }`).
 * Throws `InvalidRequest` where that asks for nothing that can be understood: it must never become more than was meant.
 * `startedAt`: when the execution started; with the same one it reads the same.
 */
export function fleetFrom(input: unknown, startedAt: Date): Fleet {
  const given = object(input, "the input");
  if (given.request === undefined && given.selection === undefined) return given as unknown as Fleet;
  if (Buffer.byteLength(JSON.stringify(given)) > MOST_OF_REQUEST)
    throw invalid(`it takes more than ${MOST_OF_REQUEST} bytes, and states carry it beside a wave of secrets`);
  const said = spoken(given);
  if (said.secretId !== undefined)
    throw invalid('"secretId" is one secret and "selection" many: say one of the two, and in "list" whom you mean');
  const { trigger, askedAt, dryRun, ...ask } = askOf(said, startedAt);
  return {
    schedule: REQUEST,
    scheduledAt: askedAt.toISOString(),
    asked: { trigger: trigger === "event" ? "event" : "manual", ...ask },
    ...selectionFrom(said.selection),
    ...number(said, "concurrency", 1, 40),
    ...number(said, "toleratedFailurePercent", 0, 100),
    ...(dryRun ? { dryRun } : {}),
  };
}

/** What a run is called in the records of its rotations. */
export function runName({ schedule, scheduledAt }: Pick<Fleet, "schedule" | "scheduledAt">): string {
  return `${schedule} ${scheduledAt}`;
}

/** Bytes of all that is asked, its words that are not understood among them. */
const MOST_OF_REQUEST = 20_000;

const WORDS = ["schedule", "tags", "namePrefix", "list"];

/** Bytes of a selection, which goes from wave to wave in the state of an execution: keyturn.yml takes as many. */
export const MOST_OF_SELECTION = 7_000;

function selectionFrom(value: unknown): Selection {
  const said = object(value, 'without "secretId", "selection"', '{"tags": {"team": "payments"}}');
  // A word that is misspelt would leave a bound out.
  const unknown = Object.keys(said).find((word) => !WORDS.includes(word));
  if (unknown !== undefined)
    throw invalid(`"selection" has no "${unknown.slice(0, 40)}": it knows ${WORDS.join(", ")}`);
  if (Object.keys(said).length === 0) throw invalid(`"selection" is empty: say ${WORDS.join(" or ")}`);
  if (Buffer.byteLength(JSON.stringify(said)) > MOST_OF_SELECTION)
    throw invalid(`"selection" takes more than ${MOST_OF_SELECTION} bytes: ask by tags, or in several requests`);
  const { schedule, tags, namePrefix, list } = said;
  if (list !== undefined) {
    if (Object.keys(said).length > 1)
      throw invalid('"list" stands alone: what else is said would leave some of it out');
    return { list: [...new Set(texts(list, "list", isSecretId))] };
  }
  const [onSchedule] = schedule === undefined ? [] : texts([schedule], "schedule");
  return {
    ...(namePrefix === undefined ? {} : { namePrefixes: texts(namePrefix, "namePrefix") }),
    // Which schedule a secret is on is a tag like another, and proven with them.
    ...(tags === undefined && onSchedule === undefined
      ? {}
      : {
          tags: {
            ...(tags === undefined ? {} : tagsFrom(tags)),
            ...(onSchedule === undefined ? {} : { "keyturn:schedule": onSchedule }),
          },
        }),
  };
}

/** Secrets that are asked for by name, in as many lists as hold them. */
export function inParts(list: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (const one of list) {
    const last = parts.at(-1);
    if (last && Buffer.byteLength(JSON.stringify({ list: [...last, one] })) <= MOST_OF_SELECTION) last.push(one);
    else parts.push([one]);
  }
  return parts;
}

function texts(value: unknown, name: string, isOne: (text: string) => boolean = () => true): string[] {
  const all = Array.isArray(value) ? value : [];
  if (all.length > 0 && all.every((one) => typeof one === "string" && one.trim() !== "" && isOne(one))) return all;
  throw invalid(`"${name}" of "selection" holds what it cannot, or nothing`);
}

function number<Name extends string>(
  said: Readonly<Record<string, unknown>>,
  name: Name,
  least: number,
  most: number,
): { [Of in Name]?: number } {
  const value = said[name];
  if (value === undefined) return {};
  if (typeof value !== "number" || !(value >= least && value <= most))
    throw invalid(`"${name}" must be a number from ${least} to ${most}`);
  return { [name]: value } as { [Of in Name]?: number };
}
