import type { Caller, PolicyStatement } from "../service.js";
import type { Resource, Template } from "../template/template.js";
import { type AccessKey, temporaryKey } from "./access-keys.js";
import { checkStatements } from "./iam.js";

/** A key, and who signs with it. */
export interface Principal {
  readonly key: AccessKey;
  readonly caller: Caller;
}

/** Who calls, by access key: the account's root, or a function as its own role, whose key is new at each start. */
export function principals(template: Template, accountId: string, rootKey: AccessKey) {
  const root: Caller = { arn: `arn:aws:iam::${accountId}:root` };
  const roles = new Map(
    template.ofType("AWS::IAM::Role").map((role) => [role.attributes.Arn as string, statementsOf(role)]),
  );
  const byKey = new Map<string, Principal>([[rootKey.accessKeyId, { key: rootKey, caller: root }]]);
  const functionByCaller = new Map<string, string>();
  const keys = new Map<string, Required<AccessKey>>();

  const roleCaller = (roleArn: string, session: string): Caller => ({
    arn: `${roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${session}`,
    statements: roles.get(roleArn) ?? [],
  });

  for (const { ref, attributes, properties } of template.ofType("AWS::Lambda::Function")) {
    const arn = attributes.Arn as string;
    const key = temporaryKey();
    const caller = roleCaller(String(properties.Role), ref);
    byKey.set(key.accessKeyId, { key, caller });
    functionByCaller.set(caller.arn, arn);
    keys.set(arn, key);
  }

  return {
    root,
    roleCaller,
    principalOf: (accessKeyId: string) => byKey.get(accessKeyId),
    /** The function that calls under this ARN. */
    functionOf: (callerArn: string) => functionByCaller.get(callerArn),
    /** The credentials that a function finds in its environment. */
    environmentOf(functionArn: string): Record<string, string> {
      const key = keys.get(functionArn);
      if (!key) throw new Error(`${functionArn} is no function of the template.`);
      return {
        AWS_ACCESS_KEY_ID: key.accessKeyId,
        AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
        AWS_SESSION_TOKEN: key.sessionToken,
      };
    },
  };
}

function statementsOf({ properties }: Resource): readonly PolicyStatement[] {
  const policies = (properties.Policies ?? []) as Array<{ PolicyDocument: { Statement: PolicyStatement[] } }>;
  const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  checkStatements(statements);
  return statements;
}
