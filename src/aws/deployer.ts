import { type ContextEntry, GetRoleCommand, type IAMClient, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";

/** A statement of what whoever deploys may do: scripts/deployer prints them. */
export interface DeployerStatement {
  readonly Action: readonly string[];
  readonly Resource: readonly string[] | "*";
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * Whose policies are asked about, of a caller's ARN; `undefined` for one who has none: the account's root, a federated user. An
 * assumed role's ARN lacks the role's path, so IAM is asked, and where it does not say, the role has none.
 */
export async function principalOf(iam: IAMClient, callerArn: string): Promise<string | undefined> {
  const [, partition, , , account, resource = ""] = callerArn.split(":");
  if (resource.startsWith("user/")) return callerArn;
  const [kind, RoleName = ""] = resource.split("/");
  if (kind !== "assumed-role") return undefined;
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    if (Role?.Arn) return Role.Arn;
  } catch {
    // The simulation says the rest.
  }
  return `arn:${partition}:iam::${account}:role/${RoleName}`;
}

/**
 * Which of the statements' actions a principal may not do, by IAM's own simulation: those that are refused on each of their
 * statement's resources. `unknown`: those that IAM could not judge. Names with a wildcard are left out, as IAM takes none.
 * Throws the SDK's errors: whoever asks needs iam:SimulatePrincipalPolicy.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export async function refusedActions(
  iam: IAMClient,
  principal: string,
  statements: readonly DeployerStatement[],
): Promise<{ readonly asked: number; readonly refused: readonly string[]; readonly unknown: readonly string[] }> {
  const [refused, unknown]: [string[], string[]] = [[], []];
  let asked = 0;
  for (const statement of statements) {
    const actions = statement.Action.filter((action) => !action.includes("*"));
    asked += actions.length;
    const judged = await judge(iam, principal, actions, statement);
    for (const action of actions) {
      const said = judged.get(action);
      if (said === undefined) unknown.push(action);
      else if (!said) refused.push(action);
    }
  }
  return { asked, refused: [...new Set(refused)].sort(), unknown: [...new Set(unknown)].sort() };
}

/** By action: whether it is allowed. IAM refuses actions in one call that it has to know different things for, so then by halves. */
async function judge(
  iam: IAMClient,
  principal: string,
  actions: readonly string[],
  statement: DeployerStatement,
): Promise<ReadonlyMap<string, boolean>> {
  if (actions.length === 0) return new Map();
  try {
    return await simulate(iam, principal, actions, statement);
  } catch (error) {
    if (!/^InvalidInput/.test((error as Error).name)) throw error;
    if (actions.length === 1) return new Map();
    const half = Math.ceil(actions.length / 2);
    const parts = [actions.slice(0, half), actions.slice(half)];
    const judged: Array<ReadonlyMap<string, boolean>> = [];
    for (const part of parts) judged.push(await judge(iam, principal, part, statement));
    return new Map(judged.flatMap((part) => [...part]));
  }
}

async function simulate(
  iam: IAMClient,
  PolicySourceArn: string,
  ActionNames: readonly string[],
  { Resource, Condition = {} }: DeployerStatement,
): Promise<ReadonlyMap<string, boolean>> {
  const ContextEntries = Object.values(Condition)
    .flatMap((keys) => Object.entries(keys))
    .map(([ContextKeyName, values]): ContextEntry => {
      const [first = ""] = values;
      return ContextKeyName === "aws:CalledVia"
        ? { ContextKeyName, ContextKeyType: "stringList", ContextKeyValues: [first] }
        : { ContextKeyName, ContextKeyType: "string", ContextKeyValues: [first] };
    });
  const judged = new Map<string, boolean>();
  let Marker: string | undefined;
  do {
    const page = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn,
        ActionNames: [...ActionNames],
        // One of those that the pattern stands for.
        ...(Resource === "*" ? {} : { ResourceArns: Resource.map((arn) => arn.replaceAll("*", "keyturn")) }),
        ...(ContextEntries.length > 0 ? { ContextEntries } : {}),
        ...(Marker ? { Marker } : {}),
      }),
    );
    for (const { EvalActionName = "", EvalDecision } of page.EvaluationResults ?? [])
      judged.set(EvalActionName, judged.get(EvalActionName) === true || EvalDecision === "allowed");
    Marker = page.IsTruncated ? page.Marker : undefined;
  } while (Marker);
  return judged;
}
