import { readFileSync } from "node:fs";

export interface RoleStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** By the role's logical id, with its intrinsic functions as they are. */
export type RoleStatements = Readonly<Record<string, readonly RoleStatement[]>>;

/** The statements of every role of a packaged template. */
export function rolesIn(templateFile: string): RoleStatements {
  return rolesAmong(JSON.parse(readFileSync(templateFile, "utf8")).Resources);
}

export function rolesAmong(
  resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>,
): RoleStatements {
  return Object.fromEntries(
    Object.entries(resources)
      .filter(([, { Type }]) => Type === "AWS::IAM::Role")
      .map(([id, { Properties }]) => [id, statementsOf(Properties)]),
  );
}

function statementsOf(properties: unknown): RoleStatement[] {
  const { Policies = [] } = properties as {
    readonly Policies?: ReadonlyArray<{ readonly PolicyDocument: { readonly Statement: readonly RoleStatement[] } }>;
  };
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}
