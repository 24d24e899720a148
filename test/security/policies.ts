import { isAllowed } from "../../src/local/gateway/iam.js";
import type { PolicyStatement } from "../../src/local/service.js";

const ACCOUNT = "000000000000";
const REGION = "eu-central-1";
export const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:app/db-AbCdEf`;

/** A role's statements with its intrinsic functions put in; what is a reference to a resource becomes its logical id. */
export function statementsIn(properties: Readonly<Record<string, unknown>>): PolicyStatement[] {
  const { Policies = [] } = properties as { Policies?: Array<{ PolicyDocument: { Statement: unknown[] } }> };
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(resolved)) as PolicyStatement[];
}

/** Whether statements allow an action on a secret with these tags, or on another resource. */
export function mayDo(
  statements: readonly PolicyStatement[],
  action: string,
  {
    tags = {},
    resource = SECRET,
    conditions = {},
  }: {
    tags?: Readonly<Record<string, string>>;
    resource?: string;
    conditions?: Readonly<Record<string, string>>;
  } = {},
): boolean {
  const tagged = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
  return isAllowed(statements, { action, resource, conditions: { ...tagged, ...conditions } });
}

function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== "object" || value === null) return value;
  const { Ref, "Fn::Sub": text, "Fn::GetAtt": attribute, "Fn::Join": joined } = value as Record<string, unknown>;
  if (Ref !== undefined) return Ref === "AWS::AccountId" ? ACCOUNT : Ref;
  if (typeof text === "string")
    return text.replace(/\$\{AWS::(\w+)\}/g, (_, name: string) => PSEUDO[name as keyof typeof PSEUDO]);
  if (Array.isArray(attribute)) return attribute[0];
  if (Array.isArray(joined)) return (resolved(joined[1]) as string[]).join(String(joined[0]));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
}

const PSEUDO = { Partition: "aws", Region: REGION, AccountId: ACCOUNT, StackName: "keyturn-dev" };
