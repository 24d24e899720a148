/** What a task gives, or fails of. */
export type Outcome = { readonly result: unknown } | Failure;
export interface Failure {
  readonly error: string;
  readonly cause: string;
}

/** Try after try, and entry after entry; the last one holds for all that follow. Never empty. */
export type Outcomes = readonly Outcome[];

/**
 * By the task's state; for one inside a Map, where need be, by the end of the name of the function or execution that it calls, with
 * `*` for all others.
 */
export type Script = Readonly<Record<string, Outcomes | Readonly<Record<string, Outcomes>>>>;

export type End =
  | { readonly status: "SUCCEEDED"; readonly output: unknown }
  | { readonly status: "FAILED"; readonly error: string; readonly cause?: string };

/** One way through a machine: what its tasks answer, and what has to come of it. */
export interface Scenario {
  readonly machine: string;
  /** What happens. */
  readonly what: string;
  readonly input: unknown;
  readonly script: Script;
  /** The states in the order in which they are entered; of those inside a Map, for all items, in the order of their names. */
  readonly path: readonly string[];
  /** How often a task was tried in all, where that is not once for each entry. */
  readonly tries: Readonly<Record<string, number>>;
  /** Of what tasks are called with at last, what has to be in it. */
  readonly told: Readonly<Record<string, unknown>>;
  readonly end: End;
}

/** What a table of scenarios says of each; `path` has arrows between its states. */
export interface Row extends Pick<Scenario, "end">, Partial<Pick<Scenario, "input" | "script" | "tries" | "told">> {
  readonly path: string;
}

/** The scenarios of a machine. `usual`: what its tasks answer where a row does not say otherwise. */
export function scenarios(
  machine: string,
  { input, script }: Pick<Scenario, "input" | "script">,
  rows: Readonly<Record<string, Row>>,
): Scenario[] {
  return Object.entries(rows).map(([what, row]) => ({
    machine,
    what,
    input,
    ...{ tries: {}, told: {} },
    ...row,
    script: { ...script, ...row.script },
    path: row.path.split(" → ").flatMap(repeated),
  }));
}

/** `4 × Check phase` */
function repeated(step: string): string[] {
  const [times, state] = step.split(" × ");
  return state === undefined ? [step] : Array.from({ length: Number(times) }, () => state);
}

/** What a Lambda function answers. https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html */
export function answers<Payload>(payload: Payload): Outcomes {
  return [gives({ ExecutedVersion: "$LATEST", Payload: payload, StatusCode: 200 })];
}

/** What a function is given in its `state`, of which `told` says something. */
export const state = (state: object) => ({ Payload: { state } });

export function gives(result: unknown): Outcome {
  return { result };
}

/** What a Lambda function throws. */
export function throws(error: string, message = `${error} was thrown.`) {
  return fails(error, JSON.stringify({ errorType: error, errorMessage: message, trace: [] }));
}

/** What a service says instead of an answer. */
export function fails(error: string, cause = `${error} was said.`) {
  return [{ error, cause }] as const;
}

/** All that a state's tries may come to, whatever it calls. */
export function outcomesOf(script: Script, state: string): readonly Outcomes[] {
  const found = script[state] ?? {};
  return isOutcomes(found) ? [found] : Object.values(found);
}

/** What comes of the tries of a state that calls this. */
export function outcomesFor(script: Script, state: string, called: string): Outcomes | undefined {
  const found = script[state] ?? {};
  if (isOutcomes(found)) return found;
  const [, outcomes] = Object.entries(found).find(([name]) => called.endsWith(name)) ?? [];
  return outcomes ?? found["*"];
}

export function isOutcomes(found: Script[string]): found is Outcomes {
  return Array.isArray(found);
}

export const succeeded = (output: unknown): End => ({ status: "SUCCEEDED", output });
export const failed = (error: string, cause?: string): End => ({
  status: "FAILED",
  error,
  ...(cause === undefined ? {} : { cause }),
});
