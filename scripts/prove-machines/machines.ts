import type { Definition, Machine, State } from "../../src/local/step-functions/machine.js";
import { machineFrom, stackNameFrom } from "../../src/local/template/resources.js";
import { loadTemplate } from "../../src/local/template/template.js";

export const PLACE = { region: "eu-central-1", accountId: "123456789012" };

/** The state machines of the package, with their substitutions made, by the names of their files. */
export function packagedMachines(templateFile: string): ReadonlyMap<string, Machine> {
  const stackName = stackNameFrom(templateFile);
  const machines = loadTemplate(templateFile, { ...PLACE, stackName }).ofType("AWS::StepFunctions::StateMachine");
  return new Map(machines.map(machineFrom).map((machine) => [machine.name.replace(`${stackName}-`, ""), machine]));
}

export interface Placed {
  readonly name: string;
  readonly state: State;
  /** Whether it is inside a Map. */
  readonly isInside: boolean;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
}

/** All states of a machine. */
export function statesOf({ States }: Pick<Definition, "States">, isInside = false): Placed[] {
  return Object.entries(States).flatMap(([name, state]) => [
    { name, state, isInside },
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor as Definition, true) : []),
  ]);
}

/** The names of those inside a Map. */
export function insideOf(definition: Definition): ReadonlySet<string> {
  return new Set(statesOf(definition).flatMap(({ name, isInside }) => (isInside ? [name] : [])));
}
