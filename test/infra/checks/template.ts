import { readFileSync } from "node:fs";
import { inject } from "vitest";
import type { Definition } from "../../../src/local/step-functions/machine.js";

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

/** As `serverless package` has written it. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: "*" | { readonly Service?: string | readonly string[] };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Anew each time, so that whoever changes it changes nobody else's. */
export function packagedTemplate(): Template {
  return JSON.parse(readFileSync(inject("template"), "utf8")) as Template;
}

export function ofType({ Resources }: Template, type: string) {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, { Properties = {} }]) => ({ id, properties: Properties }));
}

/** What a role may do. */
export function statementsOf(properties: Readonly<Record<string, unknown>>): Statement[] {
  const documents = properties.Policies as Array<{ PolicyDocument: { Statement: Statement[] } }>;
  return documents.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** A deployed state machine. */
export interface Machine {
  /** `rotate-secret` */
  readonly machine: string;
  readonly definition: Definition;
  /** What stands for `${Plan}`. */
  readonly substitutions: Readonly<Record<string, unknown>>;
}

export function machinesOf(template: Template): Machine[] {
  return ofType(template, "AWS::StepFunctions::StateMachine").map(({ properties }) => ({
    machine: String(properties.StateMachineName).replace("keyturn-dev-", ""),
    definition: properties.Definition as Definition,
    substitutions: properties.DefinitionSubstitutions as Record<string, unknown>,
  }));
}
