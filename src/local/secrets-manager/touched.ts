import { usesOfKey } from "../gateway/keys.js";
import type { Surroundings, Touched } from "../service.js";
import { partialArn } from "./arn.js";
import type { Context } from "./operation.js";
import { statementsOf } from "./resource-policy.js";
import type { Secret } from "./secret.js";

/** Operations that IAM knows no resource for. */
const ON_ANYTHING = ["ListSecrets", "BatchGetSecretValue", "GetRandomPassword"];

/**
 * What Secrets Manager asks of a secret's key, in the name of who reads or stores a value.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-authz
 */
const USES_OF_KEY: Readonly<Record<string, readonly string[]>> = {
  GetSecretValue: ["Decrypt"],
  PutSecretValue: ["GenerateDataKey", "Decrypt"],
};

/**
 * What IAM holds a call against, the secret's key included; only people make secrets and give them another key, so that is
 * not asked for there. A secret that does not exist is named by its ARN without the random part.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 */
export async function touched(
  { surroundings, secrets }: Pick<Context, "surroundings" | "secrets">,
  { operation, input }: { operation: string; input: Readonly<Record<string, unknown>> },
): Promise<Touched[]> {
  const action = `secretsmanager:${operation}`;
  if (ON_ANYTHING.includes(operation)) return [{ action, resource: "*", conditions: {} }];
  if (operation === "CreateSecret") {
    const name = String(input.Name);
    const conditions = { "secretsmanager:Name": name, ...tagConditions("aws:RequestTag", requestTags(input)) };
    return [{ action, resource: partialArn(surroundings, name), conditions }];
  }
  if (typeof input.SecretId !== "string") return [{ action, resource: "*", conditions: {} }];

  const secret = await secrets.find(input.SecretId);
  const isArn = input.SecretId.startsWith("arn:");
  const itself = {
    action,
    resource: secret?.arn ?? (isArn ? input.SecretId : partialArn(surroundings, input.SecretId)),
    conditions: {
      "secretsmanager:SecretId": input.SecretId,
      ...tagConditions("secretsmanager:ResourceTag", secret?.tags ?? {}),
      ...tagConditions("aws:ResourceTag", secret?.tags ?? {}),
      ...tagConditions("aws:RequestTag", requestTags(input)),
      ...(typeof input.VersionStage === "string" ? { "secretsmanager:VersionStage": input.VersionStage } : {}),
      ...(typeof input.RotationLambdaARN === "string"
        ? { "secretsmanager:RotationLambdaARN": input.RotationLambdaARN }
        : {}),
    },
    ...(secret?.policy ? { policy: statementsOf(secret.policy) ?? [] } : {}),
  };
  return [
    itself,
    ...(secret ? usesOfSecretKey(surroundings, secret, operation) : []),
    ...invokes(operation, input, secret),
  ];
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html: besides the right to rotate */
function invokes(operation: string, input: Readonly<Record<string, unknown>>, secret: Secret | undefined): Touched[] {
  const lambdaArn = input.RotationLambdaARN ?? secret?.rotation?.lambdaArn;
  if (operation !== "RotateSecret" || typeof lambdaArn !== "string") return [];
  return [{ action: "lambda:InvokeFunction", resource: lambdaArn, conditions: {} }];
}

function usesOfSecretKey(
  { region, accountId }: Pick<Surroundings, "region" | "accountId">,
  { arn, kmsKeyId }: Secret,
  operation: string,
): Touched[] {
  if (!kmsKeyId || /(^|:)alias\/aws\/secretsmanager$/.test(kmsKeyId)) return [];
  const key = kmsKeyId.startsWith("arn:")
    ? kmsKeyId
    : `arn:aws:kms:${region}:${accountId}:key/${kmsKeyId.replace(/^alias\//, "")}`;
  const context = { SecretARN: arn };
  return usesOfKey(key, USES_OF_KEY[operation] ?? [], { service: "secretsmanager", context });
}

function tagConditions(key: string, tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`${key}/${tag}`, value]));
}

/** IAM looks before the input is checked, so it may be of any shape. */
function requestTags(input: Readonly<Record<string, unknown>>): Record<string, string> {
  const tags = Array.isArray(input.Tags) ? input.Tags : [];
  return Object.fromEntries(tags.map((tag) => [String(tag?.Key), String(tag?.Value)]));
}
