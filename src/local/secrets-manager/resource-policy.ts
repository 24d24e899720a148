import { checkStatements } from "../gateway/iam.js";
import { type ResourceStatement, ServiceError } from "../service.js";
import { flag, needed } from "./input.js";
import { policy, secretId } from "./members.js";
import { secretOperation, serviceOperation } from "./operation.js";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html */
export const putResourcePolicy = secretOperation(
  { ResourcePolicy: needed(policy), BlockPublicPolicy: flag() },
  async ({ secrets }, secret, input) => {
    const statements = statementsOf(input.ResourcePolicy);
    if (!statements) {
      throw new ServiceError("MalformedPolicyDocumentException", "This resource policy contains invalid Json.");
    }
    evaluable(statements);
    if (input.BlockPublicPolicy && isPublic(input.ResourcePolicy)) {
      throw new ServiceError("PublicPolicyException", "This resource policy grants broad access to your secret.");
    }
    await secrets.save({ ...secret, policy: input.ResourcePolicy });
    return { ARN: secret.arn, Name: secret.name };
  },
);

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html */
export const getResourcePolicy = secretOperation({}, async (_context, secret) => ({
  ARN: secret.arn,
  Name: secret.name,
  ResourcePolicy: secret.policy,
}));

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteResourcePolicy.html */
export const deleteResourcePolicy = secretOperation({}, async ({ secrets }, secret) => {
  await secrets.save({ ...secret, policy: undefined });
  return { ARN: secret.arn, Name: secret.name };
});

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ValidateResourcePolicy.html */
export const validateResourcePolicy = serviceOperation(
  { SecretId: secretId, ResourcePolicy: needed(policy) },
  async (_context, { ResourcePolicy }) => {
    const errors = [
      ...(statementsOf(ResourcePolicy) ? [] : [{ CheckName: "JSON", ErrorMessage: "The policy is not valid JSON." }]),
      ...(isPublic(ResourcePolicy)
        ? [{ CheckName: "BLOCK_PUBLIC_POLICY", ErrorMessage: "The policy grants broad access to your secret." }]
        : []),
    ];
    return { PolicyValidationPassed: errors.length === 0, ValidationErrors: errors };
  },
);

/** Undefined where the text is no policy. */
export function statementsOf(policy: string): ResourceStatement[] | undefined {
  try {
    const { Statement } = JSON.parse(policy);
    return typeof Statement === "object" && Statement !== null ? [Statement].flat() : undefined;
  } catch {
    return undefined;
  }
}

/** Refuses by name what is not evaluated here. */
function evaluable(statements: readonly ResourceStatement[]): void {
  try {
    checkStatements(statements);
  } catch (error) {
    throw new ServiceError("MalformedPolicyDocumentException", (error as Error).message);
  }
}

/** A condition may narrow a wildcard, so such a statement is not judged. */
function isPublic(policy: string): boolean {
  return (statementsOf(policy) ?? []).some(({ Effect, Principal, Condition }) => {
    const principals = typeof Principal === "object" && Principal ? Object.values(Principal).flat() : [Principal];
    return Effect === "Allow" && !Condition && principals.includes("*");
  });
}
