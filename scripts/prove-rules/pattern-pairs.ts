import fc from "fast-check";
import type { Pattern } from "../../src/local/events/pattern.js";

/** A pattern, and events to hold it against. */
export interface Pair {
  readonly pattern: Pattern;
  readonly events: readonly unknown[];
}

/** Few values and few names, so that much of it matches. */
const text = fc.constantFrom("", "a", "A", "ab", "aB", "b", "abc", "a*b", "é", "É", "1", "true", "null");
const someText = text.filter((one) => one !== "");
const number = fc.constantFrom(-1, 0, 1, 1.5, 2, 300);
const leaf = fc.oneof(text, number, fc.boolean(), fc.constant(null));

const value = fc.oneof(
  { weight: 6, arbitrary: leaf },
  {
    weight: 2,
    arbitrary: fc.array(fc.oneof({ weight: 5, arbitrary: leaf }, fc.array(leaf, { maxLength: 2 })), { maxLength: 3 }),
  },
);
const inner = fc.dictionary(fc.constantFrom("x", "y"), value, { maxKeys: 2 });
const event = fc.dictionary(
  fc.constantFrom("a", "b", "c"),
  fc.oneof(
    { weight: 5, arbitrary: value },
    { weight: 2, arbitrary: inner },
    { weight: 2, arbitrary: fc.array(inner, { maxLength: 3 }) },
  ),
  { maxKeys: 3 },
);

const oneOrTwo = <Value>(one: fc.Arbitrary<Value>) => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 2 }));
const named = <Value>(name: string, wanted: fc.Arbitrary<Value>) => wanted.map((one) => ({ [name]: one }));
const wildcard = fc.constantFrom("*", "a*", "*b", "*a*", "a*c", "b");
const numeric = fc.oneof(
  fc.tuple(fc.constantFrom("=", "<", "<=", ">", ">="), number),
  fc
    .tuple(fc.constantFrom(">", ">="), number, fc.constantFrom("<", "<="), number)
    .filter(([, bottom, , top]) => bottom < top),
);

/** As src/local/events/pattern.ts knows them. */
const matcher = fc.oneof(
  { weight: 3, arbitrary: leaf },
  ...["prefix", "suffix"].flatMap((end) => [named(end, text), named(end, named("equals-ignore-case", someText))]),
  named("equals-ignore-case", text),
  named("wildcard", wildcard),
  named("exists", fc.boolean()),
  named("numeric", numeric),
  named(
    "anything-but",
    fc.oneof(
      oneOrTwo(text),
      oneOrTwo(number),
      named("prefix", oneOrTwo(someText)),
      named("suffix", oneOrTwo(someText)),
      named("equals-ignore-case", oneOrTwo(text)),
      named("wildcard", oneOrTwo(wildcard)),
    ),
  ),
);
const wanted = fc.array(matcher, { minLength: 1, maxLength: 3 }).filter((matchers) => !isWronglyJudged(matchers));
const fields = fc.dictionary(
  fc.constantFrom("a", "b", "c"),
  fc.oneof(
    { weight: 3, arbitrary: wanted },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom("x", "y"), wanted, { minKeys: 1, maxKeys: 2 }) },
  ),
  { minKeys: 1, maxKeys: 2 },
);
const alternatives = fc.array(fields, { minLength: 2, maxLength: 2 }).filter((all) => !shareAField(all));
const pattern = fc.oneof(
  { weight: 4, arbitrary: fields },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fields, alternatives)
      .map(([rest, $or]): Pattern => ({ ...without(rest, $or.flatMap(Object.keys)), $or })),
  },
);

/** A field both in `$or` and beside it is refused here: src/local/events/pattern-limits.ts. */
function without(fields: Pattern, names: readonly string[]): Pattern {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** Of [{wildcard: "*a*"}, {equals-ignore-case: "a"}] event-ruler 1.7.3 says that "x" matches. */
function isWronglyJudged(matchers: readonly unknown[]): boolean {
  const text = JSON.stringify(matchers);
  return text.includes('"wildcard"') && text.includes('"equals-ignore-case"');
}

/** Of {$or: [{b: [1]}, {b: [{exists: false}]}]} event-ruler 1.7.3 says that {} does not match, and there are others. */
function shareAField(alternatives: readonly Pattern[]): boolean {
  const names = alternatives.flatMap(Object.keys);
  return new Set(names).size < names.length;
}

/** What is absent in an array of objects, event-ruler says by the order of the fields' names. */
function isUnclear(pattern: Pattern, event: unknown): boolean {
  return /"[xy]":.*\{"exists":false\}/.test(JSON.stringify(pattern)) && JSON.stringify(event).includes("[{");
}

/** The same of the same seed. */
export function drawPairs(seed: number, patterns: number): Pair[] {
  const pair = fc.record({ pattern, events: fc.array(event, { minLength: 4, maxLength: 8 }) });
  return fc
    .sample(pair, { seed, numRuns: patterns })
    .map(({ pattern, events }) => ({ pattern, events: events.filter((one) => !isUnclear(pattern, one)) }));
}
