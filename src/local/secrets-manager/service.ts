import { type Service, type Surroundings, unknownOperation } from "../service.js";
import { batchGetSecretValue } from "./batch-get.js";
import { createSecret } from "./create-secret.js";
import { deleteSecret, restoreSecret } from "./delete-secret.js";
import { listSecrets } from "./list-secrets.js";
import type { Context, Operation } from "./operation.js";
import { getRandomPassword } from "./random-password.js";
import { removeRegionsFromReplication, replicateSecretToRegions } from "./replication.js";
import {
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
  validateResourcePolicy,
} from "./resource-policy.js";
import { cancelRotateSecret, rotateSecret } from "./rotate-secret.js";
import { openRotations } from "./rotations.js";
import { describeSecret, updateSecret } from "./secret-details.js";
import { getSecretValue, putSecretValue } from "./secret-value.js";
import { openSecrets } from "./secrets.js";
import { tagResource, untagResource } from "./tags.js";
import { touched } from "./touched.js";
import { listSecretVersionIds, updateSecretVersionStage } from "./version-stages.js";

export interface SecretsManager extends Service {
  /** Waits until no rotation is under way. */
  settled(): Promise<void>;
}

export interface SecretsManagerOptions {
  /** Whether there is a Lambda function of this ARN. Default: there is. */
  readonly isFunction?: (arn: string) => boolean;
  /** Milliseconds until a replica has caught up with a change; divided by `speed`. Default: 2000. */
  readonly replicaDelayMs?: number;
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    BatchGetSecretValue: batchGetSecretValue,
    CancelRotateSecret: cancelRotateSecret,
    CreateSecret: createSecret,
    DeleteResourcePolicy: deleteResourcePolicy,
    DeleteSecret: deleteSecret,
    DescribeSecret: describeSecret,
    GetRandomPassword: getRandomPassword,
    GetResourcePolicy: getResourcePolicy,
    GetSecretValue: getSecretValue,
    ListSecrets: listSecrets,
    ListSecretVersionIds: listSecretVersionIds,
    PutResourcePolicy: putResourcePolicy,
    PutSecretValue: putSecretValue,
    RemoveRegionsFromReplication: removeRegionsFromReplication,
    ReplicateSecretToRegions: replicateSecretToRegions,
    RestoreSecret: restoreSecret,
    RotateSecret: rotateSecret,
    TagResource: tagResource,
    UntagResource: untagResource,
    UpdateSecret: updateSecret,
    UpdateSecretVersionStage: updateSecretVersionStage,
    ValidateResourcePolicy: validateResourcePolicy,
  }),
);

/** Secrets Manager by its documented rules; what it does not do as AWS does: docs/local-vs-aws/secrets-manager.md. */
export function secretsManager(surroundings: Surroundings, options: SecretsManagerOptions = {}): SecretsManager {
  const secrets = openSecrets(surroundings);
  const rotations = openRotations();
  const shared: Omit<Context, "caller"> = {
    surroundings,
    secrets,
    isFunction: options.isFunction ?? (() => true),
    replicaDelayMs: options.replicaDelayMs ?? 2000,
    rotations,
  };

  return {
    name: "secretsmanager",

    async touches(call) {
      operationOf(call.operation);
      return touched(shared, call);
    },

    async handle({ operation, input, caller }) {
      return operationOf(operation)({ ...shared, caller }, input);
    },

    settled: rotations.settled,
    close: rotations.close,
  };
}

function operationOf(name: string): Operation {
  const operation = OPERATIONS.get(name);
  if (!operation) throw unknownOperation("secretsmanager", name);
  return operation;
}
