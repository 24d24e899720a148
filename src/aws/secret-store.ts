import {
  BatchGetSecretValueCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { KeyturnError } from "../errors.js";
import type { SecretDescription, SecretStore, StoredVersion } from "../rotation/ports.js";
import { type AwsErrorRow, fromAws } from "./errors.js";

/** The store on AWS Secrets Manager. */
export function secretStore(client: SecretsManagerClient): SecretStore {
  return {
    async describe(secretId) {
      const found = await attempt("Looking up the secret", () =>
        client.send(new DescribeSecretCommand({ SecretId: secretId })),
      );
      return described(found, await client.config.region());
    },

    async current(secretArn) {
      const found = await attempt("Reading AWSCURRENT", () =>
        client.send(new GetSecretValueCommand({ SecretId: secretArn })),
      );
      return stored(found);
    },

    async currentOf(secretArns) {
      const { SecretValues = [], Errors = [] } = await attempt("Reading the secret and its admin secret", () =>
        client.send(new BatchGetSecretValueCommand({ SecretIdList: [...secretArns] })),
      );
      return secretArns.map((arn) => {
        const found = SecretValues.find(({ ARN, Name }) => ARN === arn || Name === arn);
        if (found) return stored(found);
        const { ErrorCode = "ResourceNotFoundException", Message = "" } =
          Errors.find(({ SecretId }) => SecretId === arn) ?? {};
        throw fromAws(
          { name: ErrorCode, message: Message, $metadata: { httpStatusCode: 400 } },
          `Reading the secret ${arn}`,
          TABLE,
        );
      });
    },

    async version(secretArn, versionId) {
      try {
        return stored(await client.send(new GetSecretValueCommand({ SecretId: secretArn, VersionId: versionId })));
      } catch (error) {
        if ((error as Error).name === "ResourceNotFoundException") return undefined;
        throw fromAws(error, "Reading the new version", TABLE);
      }
    },

    async putPending(secretArn, versionId, value) {
      try {
        await client.send(
          new PutSecretValueCommand({
            SecretId: secretArn,
            ClientRequestToken: versionId,
            SecretString: value,
            VersionStages: ["AWSPENDING"],
          }),
        );
        return "stored";
      } catch (error) {
        if ((error as Error).name === "ResourceExistsException") return "taken";
        throw fromAws(error, "Storing the new version", TABLE);
      }
    },

    async moveCurrent(secretArn, { from, to }) {
      try {
        await client.send(
          new UpdateSecretVersionStageCommand({
            SecretId: secretArn,
            VersionStage: "AWSCURRENT",
            MoveToVersionId: to,
            RemoveFromVersionId: from,
          }),
        );
        return { moved: true };
      } catch (error) {
        if (isLabelElsewhere(error)) return { moved: false };
        throw fromAws(error, "Moving AWSCURRENT", TABLE);
      }
    },

    async keep(secretArn, label, { from, to }) {
      if (from === to) return;
      await attempt(`Putting ${label} on a version`, () =>
        client.send(
          new UpdateSecretVersionStageCommand({
            SecretId: secretArn,
            VersionStage: label,
            MoveToVersionId: to,
            ...(from ? { RemoveFromVersionId: from } : {}),
          }),
        ),
      );
    },

    async drop(secretArn, label, versionId) {
      try {
        await client.send(
          new UpdateSecretVersionStageCommand({
            SecretId: secretArn,
            VersionStage: label,
            RemoveFromVersionId: versionId,
          }),
        );
      } catch (error) {
        if (!isLabelElsewhere(error)) throw fromAws(error, `Taking ${label} off`, TABLE);
      }
    },
  };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors */
const TABLE: Readonly<Record<string, AwsErrorRow>> = {
  ResourceNotFoundException: [
    "InvalidSecretError",
    "SecretNotFound",
    "there is no such secret, or no value in it. Look at its name, its region and its versions.",
  ],
  InvalidRequestException: [
    "InvalidSecretError",
    "SecretRefused",
    "the secret is scheduled for deletion or managed by another service. Restore it, or take its keyturn:schedule tag off.",
  ],
  DecryptionFailure: [
    "AccessDeniedError",
    "KeyUnusable",
    "its KMS key cannot be used. See that the key is enabled and lets the function's role decrypt.",
  ],
  EncryptionFailure: [
    "AccessDeniedError",
    "KeyUnusable",
    "its KMS key cannot be used. See that the key is enabled and lets the function's role generate data keys.",
  ],
  InternalServiceError: [
    "TransientError",
    "ServiceFault",
    "Secrets Manager had a fault of its own. It is tried again by itself.",
  ],
  LimitExceededException: ["InvalidSecretError", "LimitExceeded", "the secret has reached a quota of Secrets Manager."],
  MalformedPolicyDocumentException: ["AccessDeniedError", "AccessDenied", "the secret's resource policy is malformed."],
};

/** The compare-and-swap failed: the label is not on the version that it was to be taken from. */
function isLabelElsewhere(error: unknown): boolean {
  const { name, message } = error as Error;
  return (
    (name === "InvalidParameterException" || name === "InvalidRequestException") &&
    /staging label|RemoveFromVersionId/i.test(message)
  );
}

async function attempt<Answer>(doing: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw fromAws(error, doing, TABLE);
  }
}

function stored(found: {
  ARN?: string | undefined;
  Name?: string | undefined;
  VersionId?: string | undefined;
  SecretString?: string | undefined;
  CreatedDate?: Date | undefined;
}): StoredVersion {
  return {
    secretArn: known(found.ARN),
    secretName: known(found.Name),
    versionId: known(found.VersionId),
    text: found.SecretString,
    ...(found.CreatedDate ? { createdAt: found.CreatedDate } : {}),
  };
}

function described(found: DescribeAnswer, region: string): SecretDescription {
  return {
    arn: known(found.ARN),
    name: known(found.Name),
    tags: Object.fromEntries((found.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
    versions: found.VersionIdsToStages ?? {},
    ...(found.OwningService ? { owningService: found.OwningService } : {}),
    rotationEnabled: found.RotationEnabled ?? false,
    ...(found.RotationLambdaARN ? { rotationFunction: found.RotationLambdaARN } : {}),
    ...(found.RotationRules?.AutomaticallyAfterDays
      ? { rotationDays: found.RotationRules.AutomaticallyAfterDays }
      : {}),
    ...(found.PrimaryRegion && found.PrimaryRegion !== region ? { replicaOf: found.PrimaryRegion } : {}),
    replicas: found.ReplicationStatus?.length ?? 0,
    replicasBehind: replicasThatAre("InProgress", found),
    replicasFailed: replicasThatAre("Failed", found),
    ...(found.CreatedDate ? { createdAt: found.CreatedDate } : {}),
    ...(found.LastChangedDate ? { changedAt: found.LastChangedDate } : {}),
    ...(found.LastRotatedDate ? { lastRotatedAt: found.LastRotatedDate } : {}),
    ...(found.DeletedDate ? { deletedAt: found.DeletedDate } : {}),
  };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicationStatusType.html */
function replicasThatAre(status: "InProgress" | "Failed", { ReplicationStatus = [] }: DescribeAnswer): string[] {
  return ReplicationStatus.filter(({ Status }) => Status === status).map(({ Region = "unknown" }) => Region);
}

type DescribeAnswer = import("@aws-sdk/client-secrets-manager").DescribeSecretCommandOutput;

function known(value: string | undefined): string {
  if (value) return value;
  throw new KeyturnError("InternalError", {
    code: "IncompleteAnswer",
    message: "Secrets Manager's answer lacks an ARN, a name or a version.",
  });
}
