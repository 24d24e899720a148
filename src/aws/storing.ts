import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutResourcePolicyCommand,
  ReplicateSecretToRegionsCommand,
  type SecretsManagerClient,
  ValidateResourcePolicyCommand,
} from "@aws-sdk/client-secrets-manager";
import { KeyturnError } from "../errors.js";
import type { Requests } from "../storing/requests.js";

/**
 * Whether a secret of this name is there, one whose deletion is still to come among them; who may not look it up is told by
 * CreateSecret. Throws the SDK's errors.
 */
export async function isTaken(client: SecretsManagerClient, SecretId: string): Promise<boolean> {
  try {
    await client.send(new DescribeSecretCommand({ SecretId }));
    return true;
  } catch (error) {
    if (["ResourceNotFoundException", "AccessDeniedException"].includes((error as Error).name)) return false;
    throw error;
  }
}

/** The ARN of the secret of this name. Throws the SDK's errors. */
export async function arnOf(client: SecretsManagerClient, SecretId: string): Promise<string> {
  const { ARN = "" } = await client.send(new DescribeSecretCommand({ SecretId }));
  return ARN;
}

/**
 * Has AWS look at the policy for other accounts, which takes no secret. Throws `PolicyRefused` with what AWS says.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ValidateResourcePolicy.html
 */
export async function validatePolicy(client: SecretsManagerClient, { policy }: Requests): Promise<void> {
  if (!policy) return;
  const { ResourcePolicy } = policy;
  const answer = await client.send(new ValidateResourcePolicyCommand({ ResourcePolicy }));
  if (answer.PolicyValidationPassed) return;
  const said = (answer.ValidationErrors ?? []).map(({ CheckName, ErrorMessage }) => `${CheckName}: ${ErrorMessage}`);
  throw new KeyturnError("AccessDeniedError", {
    code: "PolicyRefused",
    message: `AWS refuses the policy that would let the other accounts read the secret. Nothing was stored. ${said.join(" ")}`,
  });
}

export interface Stored {
  readonly arn: string;
  readonly name: string;
  readonly versionId: string;
  /** The regions that copies are on their way to. */
  readonly regions: readonly string[];
}

/**
 * Stores the secret, then lets others read it, then has it copied. Sent again with the same token it makes nothing twice. Throws
 * the SDK's error where nothing was stored, and `StoredInPart` where the secret is there and something is missing: it says what,
 * and how all of it is taken back.
 */
export async function storeSecret(client: SecretsManagerClient, requests: Requests): Promise<Stored> {
  const { create, policy, replicas } = requests;
  const { ARN: arn = "", VersionId: versionId = "" } = await client.send(
    new CreateSecretCommand({ ...create, Tags: [...create.Tags] }),
  );
  if (policy)
    await orStoredInPart(arn, create.Name, "the policy that lets other accounts read it", () =>
      client.send(new PutResourcePolicyCommand({ SecretId: arn, ...policy })),
    );
  if (replicas)
    await orStoredInPart(arn, create.Name, `its copies in ${regionsOf(requests).join(", ")}`, () =>
      client.send(
        new ReplicateSecretToRegionsCommand({ SecretId: arn, AddReplicaRegions: [...replicas.AddReplicaRegions] }),
      ),
    );
  return { arn, name: create.Name, versionId, regions: regionsOf(requests) };
}

function regionsOf({ replicas }: Requests): string[] {
  return (replicas?.AddReplicaRegions ?? []).map(({ Region }) => Region);
}

async function orStoredInPart(arn: string, name: string, missing: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { name: called, message } = error as Error;
    throw new KeyturnError("ConflictError", {
      code: "StoredInPart",
      message:
        `${name} is stored (${arn}), but without ${missing}: ${called}, ${message}. Take it back, and store it again: ` +
        `aws secretsmanager delete-secret --force-delete-without-recovery --secret-id ${arn} --region ${arn.split(":")[3]}`,
    });
  }
}
