import { isSupportedResource } from "./dispatch.js";
import type { Definition, State } from "./machine.js";

/** Fields that the interpreter passes over in silence, so that a machine would do something else than on AWS. */
const IGNORED: ReadonlySet<string> = new Set([
  "QueryLanguage",
  "Assign",
  "Arguments",
  "Output",
  "Items",
  "HeartbeatSeconds",
  "HeartbeatSecondsPath",
  "ToleratedFailurePercentage",
  "ToleratedFailureCount",
  "ItemReader",
  "ItemBatcher",
  "ResultWriter",
  "Credentials",
]);

/** What of a definition would not run here as on AWS, a sentence each; empty if all would. */
export function unsupported(definition: Definition): string[] {
  return [
    ...(definition.QueryLanguage === undefined
      ? []
      : ["The machine has a QueryLanguage; only JSONPath is run, and it is the default."]),
    ...Object.entries(definition.States).flatMap(([name, state]) => inState(name, state)),
  ];
}

function inState(name: string, state: State): string[] {
  const found = Object.keys(state)
    .filter((field) => IGNORED.has(field))
    .map((field) => `"${name}" has ${field}, which is not run here.`);
  if (state.Type === "Task") {
    if (state.TimeoutSeconds === undefined && state.TimeoutSecondsPath === undefined)
      found.push(`"${name}" has no TimeoutSeconds.`);
    if (!isSupportedResource(String(state.Resource)))
      found.push(`"${name}" uses ${state.Resource}, which is not run here.`);
  }
  if (/"Is[A-Z][a-z]+":false/.test(JSON.stringify(state.Choices ?? [])))
    found.push(`"${name}" has a rule with Is…: false, which never holds here; Not with true is the same.`);
  const processor = (state.ItemProcessor ?? state.Iterator) as
    | (Definition & { ProcessorConfig?: { Mode?: string } })
    | undefined;
  if (processor?.ProcessorConfig?.Mode === "DISTRIBUTED")
    found.push(`"${name}" is a distributed Map, which is not run here.`);
  const branches = [...(processor ? [processor] : []), ...((state.Branches as Definition[] | undefined) ?? [])];
  return [...found, ...branches.flatMap((branch) => unsupported(branch))];
}
