import { isObject, type Pattern } from "./pattern.js";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const LONGEST = 2_048;
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or */
const MOST_COMBINATIONS = 1_000;
/**
 * Asterisks in the wildcards of one field. AWS measures how many could match at once, with its library event-ruler, and
 * says no number; this is on the safe side of what it was seen to refuse.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching-complexity
 */
const MOST_ASTERISKS = 3;

/**
 * Throws for a pattern that EventBridge would not take, as `PutRule` does there: InvalidEventPatternException. And for one with
 * a field both in `$or` and beside it: event-ruler drops the one beside it, which AWS's pages do not say.
 */
export function checkPattern(pattern: Pattern): void {
  checkShape(pattern);
  const length = JSON.stringify(pattern).length;
  if (length > LONGEST) refuse(`It has ${length} characters, and may have ${LONGEST}.`);
  const combinations = combinationsOf(pattern);
  if (combinations > MOST_COMBINATIONS)
    refuse(`Its $or gives ${combinations} combinations, and may give ${MOST_COMBINATIONS}.`);
  checkWildcards(pattern);
  checkAlternatives(pattern);
}

/** Fields are objects of fields or lists of what they may be. */
function checkShape(pattern: unknown): void {
  if (!isObject(pattern)) refuse("It is no JSON object.");
  for (const [field, wanted] of Object.entries(pattern)) {
    if (Array.isArray(wanted) ? wanted.length === 0 : !isObject(wanted)) refuse(`${field} is no list and no object.`);
    if (field === "$or") for (const one of wanted as unknown[]) checkShape(one);
    else if (!Array.isArray(wanted)) checkShape(wanted);
  }
}

function checkAlternatives(pattern: Pattern, outside: readonly string[] = []): void {
  const { $or: alternatives = [], ...fields } = pattern;
  const twice = Object.keys(fields).find((field) => outside.includes(field));
  if (twice) throw new Error(`The embedded cloud takes no event pattern with ${twice} both in $or and beside it.`);
  for (const one of alternatives as Pattern[]) checkAlternatives(one, [...outside, ...Object.keys(fields)]);
  for (const inner of Object.values(fields)) if (!Array.isArray(inner)) checkAlternatives(inner as Pattern);
}

/** As many rules as it would take without `$or`. */
function combinationsOf(pattern: Pattern): number {
  return Object.entries(pattern).reduce((product, [field, wanted]) => {
    if (field === "$or") return product * (wanted as Pattern[]).reduce((sum, one) => sum + combinationsOf(one), 0);
    return Array.isArray(wanted) ? product * wanted.length : product * combinationsOf(wanted as Pattern);
  }, 1);
}

function checkWildcards(pattern: Pattern): void {
  for (const [field, wanted] of Object.entries(pattern)) {
    if (field === "$or") {
      for (const one of wanted as Pattern[]) checkWildcards(one);
    } else if (Array.isArray(wanted)) {
      const wildcards = wanted.flatMap(wildcardsIn);
      if (wildcards.some((one) => one.includes("**"))) refuse(`${field} has two asterisks side by side.`);
      const asterisks = wildcards.join("").split("*").length - 1;
      if (asterisks > MOST_ASTERISKS) refuse(`Rule is too complex: ${field} has ${asterisks} asterisks.`);
    } else {
      checkWildcards(wanted as Pattern);
    }
  }
}

function wildcardsIn(matcher: unknown): string[] {
  if (typeof matcher !== "object" || matcher === null) return [];
  return Object.entries(matcher).flatMap(([name, wanted]) =>
    name === "wildcard" ? ([wanted].flat() as string[]) : [wanted].flat().flatMap(wildcardsIn),
  );
}

function refuse(why: string): never {
  throw new Error(`InvalidEventPatternException: Event pattern is not valid. ${why}`);
}
