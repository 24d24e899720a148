import { createHash } from "node:crypto";
import { checkStatements } from "./iam.js";
import type { Caller, PolicyStatement } from "./service.js";
import type { Resource, Template } from "./template/template.js";

/** Who calls, by access key: the account's root, or a function as its own role. */
export function principals(template: Template, accountId: string) {
  const root: Caller = { arn: `arn:aws:iam::${accountId}:root` };
  const rootCredentials = { accessKeyId: "test", secretAccessKey: "test" };
  const roles = new Map(
    template.ofType("AWS::IAM::Role").map((role) => [role.attributes.Arn as string, statementsOf(role)]),
  );
  const byKey = new Map<string, Caller>([[rootCredentials.accessKeyId, root]]);
  const functionByCaller = new Map<string, string>();
  const keys = new Map<string, string>();

  const roleCaller = (roleArn: string, session: string): Caller => ({
    arn: `${roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${session}`,
    statements: roles.get(roleArn) ?? [],
  });

  for (const { ref, attributes, properties } of template.ofType("AWS::Lambda::Function")) {
    const arn = attributes.Arn as string;
    const accessKeyId = `AKIA${createHash("sha256").update(arn).digest("hex").slice(0, 16).toUpperCase()}`;
    const caller = roleCaller(String(properties.Role), ref);
    byKey.set(accessKeyId, caller);
    functionByCaller.set(caller.arn, arn);
    keys.set(arn, accessKeyId);
  }

  return {
    root,
    rootCredentials,
    roleCaller,
    callerOf: (accessKeyId: string) => byKey.get(accessKeyId),
    /** The function that calls under this ARN. */
    functionOf: (callerArn: string) => functionByCaller.get(callerArn),
    /** The credentials that a function finds in its environment. */
    environmentOf: (functionArn: string) => ({
      AWS_ACCESS_KEY_ID: keys.get(functionArn) ?? "",
      AWS_SECRET_ACCESS_KEY: "local",
    }),
  };
}

function statementsOf({ properties }: Resource): readonly PolicyStatement[] {
  const policies = (properties.Policies ?? []) as Array<{ PolicyDocument: { Statement: PolicyStatement[] } }>;
  const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  checkStatements(statements);
  return statements;
}
