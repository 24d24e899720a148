import { type Caller, type PolicyStatement, type ResourceStatement, ServiceError, type Taker } from "../service.js";
import type { Resource, Template } from "../template/template.js";
import { type AccessKey, temporaryKey } from "./access-keys.js";
import { checkStatements, isAllowed } from "./iam.js";

/** A key, and who signs with it. */
export interface Principal {
  readonly key: AccessKey;
  readonly caller: Caller;
  /** Until when the key counts; absent: as long as the cloud runs. */
  readonly expiresAt?: Date;
}

interface Role {
  readonly statements: readonly PolicyStatement[];
  /** Who may take it on. */
  readonly trust: readonly ResourceStatement[];
}

/** Another account, as far as it has callers: its root, and the roles of a template. */
export interface OtherRoles {
  readonly accountId: string;
  readonly template: Template;
  readonly rootKey: AccessKey;
}

/** A session of a role that a caller has taken on. */
export interface RoleSession extends Principal {
  readonly key: Required<AccessKey>;
}

/**
 * Who calls, by access key: an account's root, a function as its own role, whose key is new at each start unless `keyOf` has one,
 * or a session of a role that another has taken on. Throws for a function whose role does not let Lambda take it on, which Lambda
 * would not create.
 */
export function principals(
  template: Template,
  accountId: string,
  rootKey: AccessKey,
  {
    keyOf = temporaryKey,
    others = [],
  }: {
    readonly keyOf?: (functionArn: string) => Required<AccessKey>;
    readonly others?: readonly OtherRoles[];
  } = {},
) {
  const root: Caller = { arn: `arn:aws:iam::${accountId}:root` };
  const roles = new Map(
    [template, ...others.map((other) => other.template)]
      .flatMap((one) => one.ofType("AWS::IAM::Role"))
      .map((role) => [role.attributes.Arn as string, roleFrom(role)]),
  );
  const byKey = new Map<string, Principal>([[rootKey.accessKeyId, { key: rootKey, caller: root }]]);
  for (const other of others)
    byKey.set(other.rootKey.accessKeyId, {
      key: other.rootKey,
      caller: { arn: `arn:aws:iam::${other.accountId}:root` },
    });
  const functionByCaller = new Map<string, string>();
  const keys = new Map<string, Required<AccessKey>>();
  const asLambda = new Map<string, Caller>();

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
  const roleCaller = (roleArn: string, session: string, { service, sourceArn }: Taker): Caller => {
    const { statements, trust } = roles.get(roleArn) ?? { statements: [], trust: [] };
    const conditions = sourceArn ? { "aws:SourceArn": sourceArn, "aws:SourceAccount": accountId } : {};
    const about = trust.filter(({ Principal }) => Principal !== "*" && [Principal.Service].flat().includes(service));
    if (!isAllowed(about, { action: "sts:AssumeRole", resource: roleArn, conditions }))
      throw new ServiceError(
        "AccessDeniedException",
        `${service} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}` +
          (sourceArn ? ` for the sake of ${sourceArn}` : ""),
      );
    return { arn: sessionArn(roleArn, session), statements };
  };

  for (const { ref, attributes, properties } of template.ofType("AWS::Lambda::Function")) {
    const arn = attributes.Arn as string;
    const key = keyOf(arn);
    const taken = roleCaller(String(properties.Role), ref, LAMBDA);
    // https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    const caller = { ...taken, conditions: { "lambda:SourceFunctionArn": arn } };
    byKey.set(key.accessKeyId, { key, caller });
    functionByCaller.set(caller.arn, arn);
    keys.set(arn, key);
    asLambda.set(arn, taken);
  }

  return {
    root,
    roleCaller,
    /** Who may take a role on; nobody, where there is none. */
    trustOf: (roleArn: string): readonly ResourceStatement[] => roles.get(roleArn)?.trust ?? [],
    /** A session of a role, whose trust was looked at. What it does is the caller's doing. */
    takeOn(caller: Caller, roleArn: string, session: string, expiresAt: Date): RoleSession {
      const taken: Caller = { arn: sessionArn(roleArn, session), statements: roles.get(roleArn)?.statements ?? [] };
      const made = { key: temporaryKey(), caller: taken, expiresAt };
      byKey.set(made.key.accessKeyId, made);
      const functionArn = functionByCaller.get(caller.arn);
      if (functionArn) functionByCaller.set(taken.arn, functionArn);
      return made;
    },
    principalOf: (accessKeyId: string) => byKey.get(accessKeyId),
    /** Lambda itself, as a function's role: what it does for the function, and the function's code does not. */
    lambdaFor(functionArn: string): Caller {
      const caller = asLambda.get(functionArn);
      if (!caller) throw new Error(`${functionArn} is no function of the template.`);
      return caller;
    },
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

function sessionArn(roleArn: string, session: string): string {
  return `${roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${session}`;
}

/** It says for whose sake it takes a role on nowhere. */
const LAMBDA: Taker = { service: "lambda.amazonaws.com" };

function roleFrom({ properties }: Resource): Role {
  type Document<Statement> = { readonly Statement: readonly Statement[] };
  const { Policies = [], AssumeRolePolicyDocument } = properties as {
    readonly Policies?: ReadonlyArray<{ readonly PolicyDocument: Document<PolicyStatement> }>;
    readonly AssumeRolePolicyDocument?: Document<Omit<ResourceStatement, "Resource">>;
  };
  const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  // A trust policy is about its own role alone, and names no resource.
  const trust = (AssumeRolePolicyDocument?.Statement ?? []).map((one) => ({ ...one, Resource: "*" }));
  checkStatements([...statements, ...trust]);
  return { statements, trust };
}
