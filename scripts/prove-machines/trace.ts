import type { End } from "./scenario.js";

/** What an interpreter did with a scenario. */
export interface Trace {
  /** As `Scenario.path` has them. */
  readonly entered: ReadonlyArray<{ readonly state: string; readonly input: unknown }>;
  /** Every try of a task, in the same order, with what it was called with. */
  readonly tried: ReadonlyArray<{ readonly state: string; readonly parameters: unknown }>;
  readonly end: End | { readonly status: string };
}

/**
 * A trace that can be compared. Iterations of a Map run side by side, so what is `inside` one is sorted; the moments of
 * the run itself are all the same one, while those that a scenario names are of years before.
 */
export function trace(told: Trace, inside: ReadonlySet<string>): Trace {
  const { entered, tried, end } = normal(told);
  return { entered: inOrder(entered, inside), tried: inOrder(tried, inside), end };
}

function inOrder<Step extends { readonly state: string }>(steps: readonly Step[], inside: ReadonlySet<string>): Step[] {
  const found: Step[] = [];
  let together: Step[] = [];
  const close = () => {
    found.push(...together.sort((a, b) => compare(a.state, b.state) || compare(JSON.stringify(a), JSON.stringify(b))));
    together = [];
  };
  for (const step of steps) {
    if (inside.has(step.state)) {
      together.push(step);
      continue;
    }
    close();
    found.push(step);
  }
  close();
  return found;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** With its keys in the order of the alphabet, and no moment of today's. */
function normal<Value>(value: Value): Value {
  const text = JSON.stringify(value, (_, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => compare(a, b)))
      : inner,
  );
  return JSON.parse(text.replace(MOMENT, (moment) => (moment < LONG_AGO ? moment : "now")));
}

/** As AWS writes them. https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

const LONG_AGO = "2020";
