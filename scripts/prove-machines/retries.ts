import type { Machine, State } from "../../src/local/step-functions/machine.js";
import { type Retrier, statesOf } from "./machines.js";
import {
  type Failure,
  failed,
  isOutcomes,
  type Outcome,
  type Outcomes,
  outcomesOf,
  type Scenario,
  throws,
} from "./scenario.js";

/**
 * What the tables do not say one by one, because it is the same everywhere: what a task's Retry names is tried again, as often as it
 * says, each clause counting for itself, and all goes on as where nothing happened. Once more, and it goes on as where the
 * task failed for good. Throws for a task of which the table has not both.
 */
export function retries({ definition }: Machine, table: readonly Scenario[]): Scenario[] {
  return statesOf(definition).flatMap(({ name, state }) => {
    const clauses = inEffect((state.Retry as Retrier[] | undefined) ?? []);
    if (clauses.length === 0) return [];
    const well = first(table, name, succeeds);
    const badly = first(table, name, failsForGood);
    const rounds = Math.max(...clauses.map(({ ErrorEquals, MaxAttempts }) => ErrorEquals.length / MaxAttempts));
    return [
      ...Array.from({ length: Math.ceil(rounds) }, (_, round) => triedAgain(well, name, clauses, round)),
      ...clauses.map((clause) => triedInVain(badly, name, clause, isCaught(state))),
    ];
  });
}

/** The clauses that try again, each with the names that no clause before it has. */
function inEffect(clauses: readonly Retrier[]): Retrier[] {
  const named = new Set<string>();
  return clauses
    .map(({ ErrorEquals, MaxAttempts }) => {
      const names = ErrorEquals.filter((name) => !named.has(name));
      for (const name of names) named.add(name);
      return { ErrorEquals: names.map((name) => (name === "States.ALL" ? "Whatever.ItIs" : name)), MaxAttempts };
    })
    .filter(({ MaxAttempts }) => MaxAttempts > 0);
}

function first(table: readonly Scenario[], state: string, is: (outcomes: Outcomes) => boolean): Scenario {
  const found = table.find(({ path, script }) => path.includes(state) && outcomesOf(script, state).some(is));
  if (!found) throw new Error(`No scenario has "${state}" end as it is to be tried again: ${is.name}.`);
  return found;
}

const isCaught = ({ Catch = [] }: State) => JSON.stringify(Catch).includes('"States.ALL"');
const isFailure = (outcome: Outcome): outcome is Failure => "error" in outcome;
const succeeds = (outcomes: Outcomes) => !outcomes.slice(0, 1).some(isFailure);
const failsForGood = (outcomes: Outcomes) => outcomes.every(isFailure);

/** Every name of a clause gets its turn in one of the rounds. */
function triedAgain(scenario: Scenario, state: string, clauses: readonly Retrier[], round: number): Scenario {
  const errors = clauses.flatMap((clause) => errorsOf(clause, clause.MaxAttempts, round * clause.MaxAttempts));
  const entries = scenario.path.filter((name) => name === state).length;
  return {
    ...scenario,
    what: `${scenario.what}, after ${state} was tried again for ${[...new Set(errors.map(({ error }) => error))].join(", ")}`,
    script: changed(scenario, state, (outcomes) => (succeeds(outcomes) ? [...errors, ...outcomes] : outcomes)),
    tries: { ...scenario.tries, [state]: entries * (errors.length + 1) },
  };
}

function triedInVain(scenario: Scenario, state: string, clause: Retrier, caught: boolean): Scenario {
  const errors = errorsOf(clause, clause.MaxAttempts + 1, 0);
  const entries = scenario.path.filter((name) => name === state).length;
  const given = outcomesOf(scenario.script, state);
  const failing = given.length === 1 ? entries : given.filter(failsForGood).length;
  return {
    ...scenario,
    what: `${scenario.what}: ${state} was tried in vain for ${clause.ErrorEquals.join(", ")}`,
    script: changed(scenario, state, (outcomes) => (failsForGood(outcomes) ? errors : outcomes)),
    tries: { ...scenario.tries, [state]: entries + failing * clause.MaxAttempts },
    // Another error is told of.
    told: {},
    end: caught ? scenario.end : failed(errors.at(-1)?.error ?? ""),
  };
}

function errorsOf({ ErrorEquals }: Retrier, count: number, from: number): Failure[] {
  return Array.from(
    { length: count },
    (_, index) => ErrorEquals[(from + index) % ErrorEquals.length] as string,
  ).flatMap((name) => throws(name));
}

function changed({ script }: Scenario, state: string, change: (outcomes: Outcomes) => Outcomes): Scenario["script"] {
  const given = script[state] ?? {};
  const now = isOutcomes(given)
    ? change(given)
    : Object.fromEntries(Object.entries(given).map(([called, outcomes]) => [called, change(outcomes)]));
  return { ...script, [state]: now };
}
