import type { Caller, Surroundings } from "../service.js";
import { invalidRequest } from "./errors.js";
import { type Member, type Members, needed, type Structure, structure } from "./input.js";
import { secretId } from "./members.js";
import type { Rotations } from "./rotations.js";
import type { Secret } from "./secret.js";
import type { Secrets } from "./secrets.js";

/** What an operation works with. */
export interface Context {
  readonly surroundings: Surroundings;
  readonly secrets: Secrets;
  readonly caller: Caller;
  /** Whether there is a Lambda function of this ARN. */
  readonly isFunction: (arn: string) => boolean;
  /** Milliseconds a replica lags behind, before `speed`. */
  readonly replicaDelayMs: number;
  /** Rotations go on after the answer, one of a secret at a time. */
  readonly rotations: Rotations;
}

export type Answer = Readonly<Record<string, unknown>>;

/** An operation: reads its own input, so that a table of operations has one type. */
export type Operation = (context: Context, input: unknown) => Promise<Answer>;

/** An operation that is not on one existing secret. */
export function serviceOperation<M extends Members>(
  members: M,
  run: (context: Context, input: Structure<M>) => Promise<Answer>,
): Operation {
  const shape = structure(members);
  return (context, input) => run(context, shape.read(input, ""));
}

type OnSecret<M extends Members> = (context: Context, secret: Secret, input: Structure<M>) => Promise<Answer>;

/** An operation on the secret that `SecretId` means, with no other at the same time; not while it awaits deletion. */
export function secretOperation<M extends Members>(members: M, run: OnSecret<M>): Operation {
  return deletedSecretOperation(members, (context, secret, input) => {
    if (secret.deletedAt !== undefined) {
      throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
    }
    return run(context, secret, input);
  });
}

/** Like `secretOperation`, also on a secret that awaits deletion. */
export function deletedSecretOperation<M extends Members>(members: M, run: OnSecret<M>): Operation {
  const shape = structure({ ...members, SecretId: needed(secretId) }) as Member<unknown> as Member<
    Structure<M> & { readonly SecretId: string }
  >;
  return (context, input) => {
    const read = shape.read(input, "");
    return context.secrets.alone(read.SecretId, (secret) => run(context, secret, read));
  };
}

/** Refuses what only the service that manages the secret may do. */
export function refuseManaged({ owningService }: Secret): void {
  if (owningService) {
    throw invalidRequest(
      `You can't perform this operation on the secret because it is managed by another service (${owningService}).`,
    );
  }
}
