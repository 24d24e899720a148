import type { Trace } from "./trace.js";

/** What two interpreters say otherwise, in one place of their traces. */
export interface Difference {
  readonly where: string;
  readonly first: unknown;
  readonly second: unknown;
}

/** All of them, as deep as they go; a state or a try that one has alone is one. */
export function differences(first: Trace, second: Trace): Difference[] {
  return [
    ...steps("entered", first.entered, second.entered),
    ...steps("tried", first.tried, second.tried),
    ...between("end", first.end, second.end),
  ];
}

function steps<Step extends { readonly state: string }>(
  what: string,
  first: readonly Step[],
  second: readonly Step[],
): Difference[] {
  return Array.from({ length: Math.max(first.length, second.length) }, (_, index) => index).flatMap((index) => {
    const [a, b] = [first[index], second[index]];
    const where = `${what} ${index + 1}, ${a?.state ?? b?.state}`;
    return a?.state === b?.state ? between(where, a, b) : [{ where, first: a?.state, second: b?.state }];
  });
}

function between(where: string, first: unknown, second: unknown): Difference[] {
  if (first === second) return [];
  if (!isObject(first) || !isObject(second)) return [{ where, first, second }];
  const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
  return [...keys].flatMap((key) => between(`${where}.${key}`, first[key], second[key]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
