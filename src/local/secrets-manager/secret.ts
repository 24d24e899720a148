import type { Labels } from "./labels.js";

/** A secret as the store keeps it: everything but its values. Times are seconds since 1970, as on the wire. */
export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  /** Undefined until it has one: only after that an empty list is shown. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly accessedAt?: number | undefined;
  /** When it is gone for good; set by DeleteSecret, taken away by RestoreSecret. */
  readonly deletedAt?: number | undefined;
  /** The service that manages it, e.g. `rds` of a secret named `rds!…`. */
  readonly owningService?: string | undefined;
  /** By version id, in the order they were made. */
  readonly versions: Readonly<Record<string, Version>>;
  readonly labels: Labels;
  readonly policy?: string | undefined;
  readonly replicas: readonly Replica[];
  readonly rotation?: Rotation | undefined;
}

export interface Version {
  readonly createdAt: number;
  readonly accessedAt?: number | undefined;
}

/** A copy in another region: in sync from `inSyncAt` on. */
export interface Replica {
  readonly region: string;
  readonly kmsKeyId?: string | undefined;
  readonly inSyncAt: number;
}

export interface Rotation {
  readonly enabled: boolean;
  readonly lambdaArn: string;
  readonly rules: RotationRules;
  /** The version that the last rotation is for, and what proves that its function was invoked for it. */
  readonly versionId?: string | undefined;
  readonly rotationToken?: string | undefined;
  readonly rotatedAt?: number | undefined;
  /** When the rules were set or a rotation last ended well: the next one counts from there. */
  readonly since: number;
}

/** In the shape of the API. */
export interface RotationRules {
  readonly AutomaticallyAfterDays?: number | undefined;
  readonly Duration?: string | undefined;
  readonly ScheduleExpression?: string | undefined;
}

/** One of the two; binary is base64. */
export type SecretValue = { readonly SecretString: string } | { readonly SecretBinary: string };
