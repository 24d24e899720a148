/** An event pattern: an object of the event's shape whose leaves are arrays of what a value may be. */
export type Pattern = Readonly<Record<string, unknown>>;

/**
 * Whether an event matches a pattern, as AWS's own library says of both: `npm run prove:rules` holds this against event-ruler.
 * Throws for a matcher that is not known, so that a rule is never quietly wrong.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function matches(pattern: Pattern, event: unknown): boolean {
  const { $or: alternatives, ...fields } = pattern;
  if (Array.isArray(alternatives) && !alternatives.some((one) => matches(one as Pattern, event))) return false;
  return Object.entries(fields).every(([field, wanted]) => {
    const value = isObject(event) ? event[field] : undefined;
    if (Array.isArray(wanted)) return wanted.some((matcher) => matchesAny(matcher, leavesOf(value)));
    // Of an array of objects one has to match as a whole.
    const elements = Array.isArray(value) && value.length > 0 ? value : [value];
    return elements.some((element) => matches(wanted as Pattern, element));
  });
}

/** What a field has, for a matcher: an array's elements, and nothing where it is an object or an empty array. */
function leavesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return value === undefined || isObject(value) ? [] : [value];
}

function matchesAny(matcher: unknown, leaves: readonly unknown[]): boolean {
  if (isObject(matcher) && "exists" in matcher) return leaves.length > 0 === matcher.exists;
  return leaves.some((leaf) => matchesValue(matcher, leaf));
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const MATCHERS: Readonly<Record<string, (wanted: never, value: unknown) => boolean>> = {
  prefix: (wanted: string | { "equals-ignore-case": string }, value) =>
    typeof value === "string" &&
    (typeof wanted === "string"
      ? value.startsWith(wanted)
      : value.toLowerCase().startsWith(wanted["equals-ignore-case"].toLowerCase())),
  suffix: (wanted: string | { "equals-ignore-case": string }, value) =>
    typeof value === "string" &&
    (typeof wanted === "string"
      ? value.endsWith(wanted)
      : value.toLowerCase().endsWith(wanted["equals-ignore-case"].toLowerCase())),
  "equals-ignore-case": (wanted: string, value) =>
    typeof value === "string" && value.toLowerCase() === wanted.toLowerCase(),
  wildcard: (wanted: string, value) =>
    typeof value === "string" && new RegExp(`^${wanted.split("*").map(escaped).join(".*")}$`, "s").test(value),
  "anything-but": (wanted: unknown, value) => !ruledOutBy(wanted).some((matcher) => matchesValue(matcher, value)),
  numeric: (wanted: readonly (string | number)[], value) => typeof value === "number" && inRange(wanted, value),
};

function matchesValue(matcher: unknown, value: unknown): boolean {
  if (!isObject(matcher)) return matcher === value;
  return Object.entries(matcher).every(([name, wanted]) => {
    const test = MATCHERS[name];
    if (!test) throw new Error(`The matcher "${name}" of event patterns is not known here.`);
    return test(wanted as never, value);
  });
}

/** What anything-but names: one or several values, or of one matcher one or several. */
function ruledOutBy(wanted: unknown): unknown[] {
  if (!isObject(wanted)) return [wanted].flat();
  return Object.entries(wanted).flatMap(([name, each]) => [each].flat().map((one) => ({ [name]: one })));
}

function inRange(wanted: readonly (string | number)[], value: number): boolean {
  for (let index = 0; index < wanted.length; index += 2) {
    const bound = wanted[index + 1] as number;
    const holds = {
      "=": value === bound,
      "<": value < bound,
      "<=": value <= bound,
      ">": value > bound,
      ">=": value >= bound,
    };
    if (!holds[wanted[index] as keyof typeof holds]) return false;
  }
  return true;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
