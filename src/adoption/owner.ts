import type { Check } from "../rotation/dry-run/checklist.js";
import type { SecretDescription } from "../rotation/ports.js";

/** When Secrets Manager rotates a secret by itself: one of the two. Absent: as it was told before. */
export interface NativeRules {
  readonly days?: number;
  /** `rate(…)` or `cron(…)`, in UTC. */
  readonly expression?: string;
}

/**
 * Whoever may tag a secret and say who rotates it: a person with credentials of his own. Keyturn's roles may neither. Throws
 * `KeyturnError`s only; every method may be called again.
 */
export interface Owner {
  describe(secretId: string): Promise<SecretDescription>;
  tag(secretArn: string, tags: Readonly<Record<string, string>>): Promise<void>;
  untag(secretArn: string, keys: readonly string[]): Promise<void>;
  /** Turns Secrets Manager's own rotation on, by this function, and rotates nothing: only the function's `testSecret` runs. */
  rotateBy(secretArn: string, functionArn: string, rules?: NativeRules): Promise<void>;
  /** Turns it off. Secrets Manager keeps function and schedule in mind. */
  rotateNoMore(secretArn: string): Promise<void>;
  /** What a dry run of that stage's deployment finds. */
  check(secretArn: string, stage: string): Promise<readonly Check[]>;
}
