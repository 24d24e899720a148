import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** A state machine as it is written, as far as it is counted. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: "Task" | "Choice" | "Pass" | "Succeed" | "Fail" | "Wait" | "Map";
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: ReadonlyArray<{ readonly Next: string }>;
  readonly Resource?: string;
  readonly ItemProcessor?: Definition;
}

export function definitionOf(machine: string): Definition {
  return parse(readFileSync(`statemachines/${machine}.asl.yml`, "utf8"), { merge: true }) as Definition;
}

/** The states of one way through. `turns`: which state a Choice leads to, by the Choice's name; its default unless said. */
export function wayThrough({ StartAt, States }: Definition, turns: Readonly<Record<string, string>>): string[] {
  const states: string[] = [];
  for (let name: string | undefined = StartAt; name !== undefined; ) {
    const state: State | undefined = States[name];
    if (!state || states.includes(name))
      throw new Error(`The way through ${states.join(", ")} does not go on at ${name}.`);
    states.push(name);
    name = state.Type === "Choice" ? turn(state, turns[name]) : state.Next;
  }
  return states;
}

function turn({ Choices = [], Default }: State, to: string | undefined): string | undefined {
  if (to === undefined || to === Default) return Default;
  if (!Choices.some(({ Next }) => Next === to)) throw new Error(`No choice leads to ${to}.`);
  return to;
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */
const EVENTS: Readonly<Record<State["Type"], number>> = {
  // Entered, scheduled, started, succeeded, exited.
  Task: 5,
  Choice: 2,
  Pass: 2,
  Wait: 2,
  Succeed: 2,
  Fail: 1,
  // Entered, started, succeeded, exited.
  Map: 4,
};

/** Where it waits for what it started, that this was submitted is an event of its own. */
const isSync = ({ Resource = "" }: State) => /\.sync(:2)?$/.test(Resource);

/** Events in the history of what goes through these states, each at the first try. */
export function eventsIn({ States }: Definition, states: readonly string[]): number {
  return states
    .map((name) => States[name] as State)
    .reduce((sum, state) => sum + EVENTS[state.Type] + (isSync(state) ? 1 : 0), 0);
}

/** The start and the end of an execution; of an iteration of a Map, too. */
export const BOTH_ENDS = 2;

export type Work = "function" | "call" | "nothing";

/** What takes the time of a state. */
export function workOf({ States }: Definition, name: string): Work {
  const { Type, Resource } = States[name] as State;
  if (Type !== "Task") return "nothing";
  return Resource === "arn:aws:states:::lambda:invoke" ? "function" : "call";
}
