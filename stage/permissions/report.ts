import { isUnseen, type Unseen } from "./exceptions.js";
import type { Recording, Use } from "./recording.js";
import type { RoleStatement, RoleStatements } from "./roles.js";

/** What is wrong with the roles, a line each; nothing is, where all are empty. */
export interface Report {
  /** Rights without which every call would have gone as well. */
  readonly unused: readonly string[];
  readonly refused: readonly string[];
  /** Exceptions that calls were seen of, or that no role needs: they are none. */
  readonly idle: readonly string[];
  readonly rights: number;
}

/** Compares what each role may with what it needed. `unseen`: what no call here can show. */
export function reportOn(roles: RoleStatements, { uses, refusals }: Recording, unseen: readonly Unseen[]): Report {
  const rights = Object.entries(roles).flatMap(([role, statements]) =>
    statements.flatMap((statement, place) => {
      const own = uses.filter((use) => use.role === role && use.statement === place);
      return rightsOf(role, statement, own);
    }),
  );
  const missing = rights.filter(({ used }) => !used);
  const excused = new Map(missing.map((right) => [right, unseen.filter((one) => isUnseen(one, right))]));
  const needed = new Set([...excused.values()].flat());
  return {
    unused: missing.filter((right) => excused.get(right)?.length === 0).map(({ says }) => says),
    refused: refusals.map(({ role, refused, resource }) => `${role}: ${refused} on ${resource}`),
    idle: unseen.filter((one) => !needed.has(one)).map(({ roles: of, actions }) => `${of}: ${actions.join(", ")}`),
    rights: rights.length,
  };
}

interface Right {
  readonly role: string;
  readonly actions: readonly string[];
  readonly used: boolean;
  readonly says: string;
}

/** Each action of a statement is a right, and each resource where it has several. */
function rightsOf(role: string, { Action, Resource, Condition = {} }: RoleStatement, uses: readonly Use[]): Right[] {
  const actions = [Action].flat();
  const resources = [Resource].flat();
  const keys = Object.values(Condition).flatMap(Object.keys);
  const when = keys.length > 0 ? `, by ${keys.join(", ")}` : "";
  const right = (of: readonly string[], on: readonly unknown[], used: boolean): Right => ({
    role,
    actions: of,
    used,
    says: `${role}: ${of.join(", ")} on ${on.map(shown).join(", ")}${when}`,
  });
  return [
    ...actions.map((action, place) =>
      right(
        [action],
        resources,
        uses.some((use) => use.action === place),
      ),
    ),
    ...(resources.length > 1 ? resources : []).map((resource, place) =>
      right(
        actions,
        [resource],
        uses.some((use) => use.resource === place),
      ),
    ),
  ];
}

/** As short as a person needs it. */
function shown(resource: unknown): string {
  const { "Fn::Sub": text, "Fn::GetAtt": attribute, Ref } = Object(resource) as Record<string, unknown>;
  if (typeof resource === "string") return resource;
  if (typeof text === "string") return text.replaceAll(/\$\{AWS::\w+\}/g, "…");
  return Array.isArray(attribute) ? attribute.join(".") : String(Ref ?? JSON.stringify(resource));
}
