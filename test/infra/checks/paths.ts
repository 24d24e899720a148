import type { Definition, State } from "../../../src/local/step-functions/machine.js";
import { at, filled, meet, resultOf, type Shape, type Tell, withAt } from "./shapes.js";
import { machinesOf, type Template } from "./template.js";

/**
 * The paths in states that may lead to nothing, by one way or another through the machine: there the execution dies, and no
 * Catch sees it. What a task answers may be asked for anything; what it answers is its own tests' matter.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function missingPaths(template: Template): string[] {
  return machinesOf(template).flatMap(({ machine, definition }) =>
    // What whoever starts it has sent may be anything.
    missingIn(definition, {}).map((problem) => `${machine}: ${problem}`),
  );
}

/** Where a state leads, and with what. */
type Way = readonly [next: string | undefined, data: Shape];

function missingIn(definition: Pick<Definition, "StartAt" | "States">, input: Shape): string[] {
  const known = new Map<string, Shape>([[definition.StartAt, input]]);
  const open = [definition.StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = definition.States[name] as State;
    for (const [next, data] of ways(state, known.get(name) as Shape, () => undefined)) {
      if (next === undefined) continue;
      const before = known.get(next);
      const now = before === undefined ? data : meet(before, data);
      if (before !== undefined && JSON.stringify(before) === JSON.stringify(now)) continue;
      known.set(next, now);
      open.push(next);
    }
  }
  const missing = new Set<string>();
  for (const [name, data] of known) {
    const state = definition.States[name] as State;
    ways(state, data, (path) => missing.add(`"${name}" reads ${path}, which may be missing`));
    if (state.Type === "Map") for (const problem of missingIn(...iterations(state, data))) missing.add(problem);
  }
  return [...missing];
}

/** Each state that a state leads to. Tells of the paths in it that may be missing. */
function ways(state: State, data: Shape, tell: Tell): Way[] {
  for (const field of PATHS) if (typeof state[field] === "string") resultOf(state[field] as string, data, tell);
  if (state.Type === "Choice") return choices(state, data, tell);

  const asked = state.Parameters ?? state.ItemSelector;
  const given = asked === undefined ? data : filled(asked, data, tell);
  const worked = ["Task", "Map", "Parallel"].includes(state.Type);
  const literal = state.Result === undefined ? given : filled(state.Result, data, tell);
  const answered: Shape = worked ? "any" : literal;
  const result = state.ResultSelector === undefined ? answered : filled(state.ResultSelector, answered, tell);
  const changes = worked || state.Type === "Pass";
  const after = changes ? withAt((state.ResultPath as string | undefined) ?? "$", data, result) : data;
  const caught = ((state.Catch as Array<{ Next: string; ResultPath?: string }> | undefined) ?? []).map(
    // The cause may be missing: an execution that is waited for and was stopped tells none.
    ({ Next, ResultPath = "$" }): Way => [Next, withAt(ResultPath, data, { Error: "any" })],
  );
  if (typeof state.OutputPath === "string") resultOf(state.OutputPath, after, tell);
  return [[state.Next as string | undefined, after], ...caught];
}

/** Fields that hold a path; OutputPath reads what comes out. */
const PATHS = [
  ...["InputPath", "ItemsPath", "MaxConcurrencyPath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath"],
  ...["ErrorPath", "CausePath"],
];

/** What an iteration begins with. */
function iterations(state: State, data: Shape): [Pick<Definition, "StartAt" | "States">, Shape] {
  const item: Shape = state.ItemSelector === undefined ? "any" : filled(state.ItemSelector, data, () => undefined);
  return [state.ItemProcessor as Definition, item];
}

interface Rule {
  readonly Next?: string;
  readonly Variable?: string;
  readonly IsPresent?: boolean;
  readonly And?: readonly Rule[];
  readonly Or?: readonly Rule[];
  readonly Not?: Rule;
}

function choices(state: State, data: Shape, tell: Tell): Way[] {
  const rules = state.Choices as readonly Rule[];
  return [
    ...rules.map((rule): Way => [rule.Next, held(rule, data, tell)]),
    ...(state.Default === undefined ? [] : [[state.Default as string, data] as Way]),
  ];
}

/** What is sure where a rule holds: what it asks the presence of is there, for the rules after it in an And, too. */
function held({ Variable, IsPresent, And, Or, Not }: Rule, data: Shape, tell: Tell): Shape {
  if (And) return And.reduce((sure, rule) => held(rule, sure, tell), data);
  if (Or) return Or.map((rule) => held(rule, data, tell)).reduce(meet);
  if (Not) {
    held(Not, data, tell);
    return data;
  }
  if (!Variable) return data;
  if (IsPresent === undefined) resultOf(Variable, data, tell);
  return IsPresent && at(Variable, data) === undefined ? withAt(Variable, data, "any") : data;
}
