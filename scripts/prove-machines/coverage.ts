import type { Definition, Machine, State } from "../../src/local/step-functions/machine.js";
import { type Placed, type Retrier, statesOf } from "./machines.js";
import type { Played } from "./play.js";

interface Clause {
  readonly ErrorEquals: readonly string[];
  readonly Next?: string;
}

/** A state, a way out of a Choice, or a clause of a Catch or of a Retry; in words. */
export type Branch = string;

/** Every branch that a machine has. A clause that says not to try again is none. */
export function branchesOf({ definition }: Machine): Branch[] {
  return statesOf(definition).flatMap(({ name, state }) => [
    name,
    ...waysOut(state).map((next) => way(name, next)),
    ...clauses(state, "Catch").map((_, index) => clause(name, "Catch", index)),
    ...clauses(state, "Retry").flatMap((one, index) =>
      (one as Retrier).MaxAttempts === 0 ? [] : [clause(name, "Retry", index)],
    ),
  ]);
}

/** The branches that were taken when a scenario was played. */
export function taken({ definition }: Machine, { trace: { entered }, tries }: Played): Set<Branch> {
  const states = new Map(statesOf(definition).map((placed) => [placed.name, placed]));
  const found = new Set<Branch>(entered.map(({ state }) => state));

  const outer = entered.filter(({ state }) => !states.get(state)?.isInside);
  outer.forEach(({ state }, index) => {
    const next = outer[index + 1]?.state;
    if (next && states.get(state)?.state.Type === "Choice") found.add(way(state, next));
  });
  // Side by side with others nobody can say who came from where, but where there is one way only.
  const leads = leadTo(definition);
  for (const { name, state, isInside } of states.values()) {
    const onlyWayTo = (next: string) => found.has(next) && leads.get(next)?.length === 1;
    if (isInside) for (const next of waysOut(state).filter(onlyWayTo)) found.add(way(name, next));
    if (state.Type === "Map")
      clauses(state, "Catch").forEach(({ Next = "" }, index) => {
        if (onlyWayTo(Next)) found.add(clause(name, "Catch", index));
      });
  }
  for (const { state: name, count, failed } of tries)
    failed.forEach((error, index) => {
      const kind = index < count - 1 ? "Retry" : "Catch";
      const all = clauses((states.get(name) as Placed).state, kind);
      const which = all.findIndex(
        ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes("States.ALL"),
      );
      if (which >= 0) found.add(clause(name, kind, which));
    });
  return found;
}

/** The states from which a state is entered, once for each way. */
function leadTo(definition: Definition): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, state } of statesOf(definition)) {
    const all = [state.Next, ...waysOut(state), ...clauses(state, "Catch").map(({ Next }) => Next)];
    for (const next of all) if (typeof next === "string") found.set(next, [...(found.get(next) ?? []), name]);
  }
  return found;
}

function waysOut({ Choices = [], Default }: State): string[] {
  const all = [...(Choices as Clause[]).map(({ Next }) => Next), Default] as Array<string | undefined>;
  return all.filter((next) => next !== undefined);
}

function clauses(state: State, kind: "Catch" | "Retry"): readonly Clause[] {
  return (state[kind] as readonly Clause[] | undefined) ?? [];
}

const way = (from: string, to: string) => `${from} → ${to}`;
const clause = (state: string, kind: "Catch" | "Retry", index: number) => `${state}, ${kind} ${index + 1}`;
