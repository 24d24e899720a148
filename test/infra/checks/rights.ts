import type { LoggedCall } from "../../../src/local/gateway/gateway.js";
import { ofType, statementsOf, type Template } from "./template.js";

/** What no call of the SDK shows: used by the services themselves, on the role's behalf. */
const UNSEEN = /^(kms|logs|ec2):|^events:(PutTargets|PutRule|DescribeRule)$|^states:StopExecution$|^sqs:SendMessage$/;

export interface Difference {
  /** Of the role. */
  readonly id: string;
  readonly unused: readonly string[];
  readonly missing: readonly string[];
}

/** Where the roles of the template are not what calls have used. `unneeded`: by role, what these calls need not show. */
export function rightsUnlike(
  template: Template,
  calls: readonly Pick<LoggedCall, "caller" | "actions">[],
  unneeded: Readonly<Record<string, readonly string[]>> = {},
): Difference[] {
  const used = new Map<string, Set<string>>();
  for (const { caller, actions } of calls) {
    const [, role = ""] = /assumed-role\/keyturn-dev-(\w+)\//.exec(caller) ?? [];
    for (const action of actions) used.set(role, (used.get(role) ?? new Set()).add(action));
  }
  return ofType(template, "AWS::IAM::Role")
    .map(({ id, properties }) => {
      const allowed = new Set(statementsOf(properties).flatMap(({ Action }) => Action));
      const real = used.get(id) ?? new Set();
      return {
        id,
        unused: [...allowed].filter(
          (action) => !UNSEEN.test(action) && !real.has(action) && !unneeded[id]?.includes(action),
        ),
        missing: [...real].filter((action) => !allowed.has(action)),
      };
    })
    .filter(({ unused, missing }) => unused.length + missing.length > 0);
}
