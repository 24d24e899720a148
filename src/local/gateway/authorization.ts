import { type Caller, type PolicyStatement, type ResourceStatement, ServiceError, type Touched } from "../service.js";
import { applies } from "./iam.js";

/** What came of one action of one call of a role. */
export interface Decision {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
  /** The statements of the role that allow it; none where the resource's own policy does without them. */
  readonly by: readonly PolicyStatement[];
}

export type Authorize = (caller: Caller, touched: readonly Touched[]) => void;

/**
 * Holds the calls of roles to their own policies and to those of what they touch, as AWS does: an explicit Deny in either
 * wins; within an account one of the two must allow, across accounts both, and for a key and a role its own policy must: by
 * itself, or by handing the decision to the account's IAM. The root, whom AWS would deny what a resource's policy denies, may
 * do everything.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam
 */
export function authorization(
  policyOf: (resourceArn: string) => readonly ResourceStatement[],
  onDecision: (decision: Decision) => void = () => undefined,
): Authorize {
  return (caller, touched) => {
    if (!caller.statements) return;
    for (const { action, resource, conditions, policy } of touched) {
      const asked = { action, resource, conditions: { ...conditions, ...conditionsOf(caller) } };
      const own = caller.statements.filter((statement) => applies(statement, asked));
      const there = [...policyOf(resource), ...(policy ?? [])].filter((statement) => applies(statement, asked));
      const { refusal, by } = judge(caller, own, there, resource);
      onDecision({ caller, action, resource, allowed: !refusal, by });
      if (refusal)
        throw new ServiceError(
          "AccessDeniedException",
          `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${refusal(action)}`,
        );
    }
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const REFUSALS = {
  deniedByRole: () => "with an explicit deny in an identity-based policy",
  deniedByResource: () => "with an explicit deny in a resource-based policy",
  notInResource: (action: string) => `because no resource-based policy allows the ${action} action`,
  notInRole: (action: string) => `because no identity-based policy allows the ${action} action`,
};

interface Judgement {
  readonly refusal?: (action: string) => string;
  readonly by: readonly PolicyStatement[];
}

/** `own`, `there`: the role's and the resource's statements that are about the action. */
function judge(
  caller: Caller,
  own: readonly PolicyStatement[],
  there: readonly ResourceStatement[],
  resource: string,
): Judgement {
  const denies = ({ Effect }: PolicyStatement) => Effect === "Deny";
  const denied = own.filter(denies);
  if (denied.length > 0) return { refusal: REFUSALS.deniedByRole, by: denied };
  const named = there.map((statement) => ({ statement, as: namedAs(caller, statement) }));
  if (named.some(({ statement, as }) => as && denies(statement))) return { refusal: REFUSALS.deniedByResource, by: [] };
  const across = isOfOther(caller, resource);
  if (!across && named.some(({ as }) => as === "itself")) return { by: [] };
  if ((across || decidesItself(resource)) && !named.some(({ as }) => as))
    return { refusal: REFUSALS.notInResource, by: [] };
  return own.length > 0 ? { by: own } : { refusal: REFUSALS.notInRole, by: [] };
}

/**
 * Whether a statement at a resource is about this role, by name or as part of the account, which leaves the decision to the
 * role's own policies. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
function namedAs({ arn }: Caller, { Principal }: ResourceStatement): "itself" | "account" | undefined {
  const principals = Principal === "*" ? ["*"] : [Principal.AWS ?? []].flat();
  if (principals.some((one) => ["*", arn, roleOf(arn)].includes(one))) return "itself";
  const account = accountOf({ arn });
  return principals.some((one) => one === account || one === `arn:aws:iam::${account}:root`) ? "account" : undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
function conditionsOf({ arn, conditions }: Caller): Readonly<Record<string, string>> {
  return { ...conditions, "aws:PrincipalArn": roleOf(arn), "aws:PrincipalIsAWSService": "false" };
}

/** The role that a session is of. */
export function roleOf(sessionArn: string): string {
  return sessionArn.replace(":sts:", ":iam:").replace(/:assumed-role\/([^/]+)\/.*$/, ":role/$1");
}

/** A key, and a role that is to be taken on. */
function decidesItself(resource: string): boolean {
  return /^arn:aws:(kms:|iam::\d+:role\/)/.test(resource);
}

function isOfOther(caller: Caller, resource: string): boolean {
  const [, , , , account = ""] = resource.split(":");
  return /^\d{12}$/.test(account) && account !== accountOf(caller);
}

/** The account whose root, or whose role, calls. */
export function accountOf({ arn }: Caller): string {
  return arn.split(":")[4] ?? "";
}
