/** Who holds a credential in memory and is told to take the new one: which there may be, and which are a secret's. */
import { KeyturnError } from "../errors.js";
import { isElsewhere } from "./accounts.js";
import type { ConsumerRule, Rules } from "./rules.js";
import type { SecretSettings } from "./settings.js";

/** What is told, and in which way; ARNs. */
export type Target =
  | { readonly kind: "ecs"; readonly service: string }
  | { readonly kind: "lambda"; readonly function: string }
  | { readonly kind: "ssm"; readonly document: string; readonly instances: readonly string[] }
  /** The announcement is what tells it: a rule brings that to its API destination. */
  | { readonly kind: "webhook" };

/** A consumer as whoever tells it knows it. */
export interface Consumer {
  readonly target: Target;
  /** How long after a rotation it is told, so that those of one wave are told as one. */
  readonly gatherSeconds: number;
  /** At most so often it is told. */
  readonly everyMinutes: number;
  /** After so long it counts as failed. */
  readonly limitMinutes: number;
}

/** The last time that a consumer was told. */
export interface Refresh {
  /** The execution that told it. */
  readonly by: string;
  /** ISO 8601. What was rotated by then, it takes up. */
  readonly startedAt: string;
  /** By what the service knows it; absent until that is known. */
  readonly handle?: string;
  /** Absent while it is not known how it ended. */
  readonly outcome?: RefreshRecord["outcome"];
}

/** One refresh of one consumer, written once and never changed. Identifiers only. */
export interface RefreshRecord {
  readonly consumer: string;
  readonly kind: Target["kind"];
  readonly executionArn: string;
  /** The secret whose rotation had it told; others that were rotated by then are taken up as well. */
  readonly secretArn: string;
  readonly outcome: "refreshed" | "failed";
  /** `Refreshed`, or the code of the error. */
  readonly reason: string;
  readonly message: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly error?: { readonly name: string; readonly code: string; readonly message: string };
}

/** What became of a refresh, as its service says. */
export type Progress = "under way" | "done" | { readonly failed: string };

/** The services that consumers run on. Throws `KeyturnError`s only; every method may be called again. */
export interface Consumers {
  /** Has the consumer take up what is current. Gives by what its service knows that. */
  start(target: Target, at: Date): Promise<string>;
  look(target: Target, refresh: { readonly handle: string; readonly startedAt: Date }): Promise<Progress>;
}

/**
 * The consumers of a secret: those that its tag `keyturn:consumers` names, else those of its schedule. Of both only what the
 * deployment declares for a secret of this name: whoever may tag a secret gets nobody told by that whom he may not have told.
 * A secret of another account has none: `for` names secrets of the deployment's own.
 */
export function consumersOf(
  secret: Named,
  { schedule, consumers }: Pick<SecretSettings, "schedule" | "consumers">,
  rules: Pick<Rules, "consumers" | "accounts">,
): string[] {
  const declared = Object.entries(rules.consumers ?? {});
  return declared
    .filter(([name, rule]) => (consumers ? consumers.includes(name) : rule.of.includes(schedule)))
    .filter(([, rule]) => isFor(secret, rule, rules))
    .map(([name]) => name);
}

/** Throws `ConsumerNotAllowed` where the secret's tag names one that is not declared for it. */
export function checkConsumers(
  secret: Named,
  { consumers = [] }: Pick<SecretSettings, "consumers">,
  rules: Pick<Rules, "consumers" | "accounts">,
): void {
  const { consumers: declared = {} } = rules;
  const other = consumers.find((name) => {
    const rule = Object.hasOwn(declared, name) ? declared[name] : undefined;
    return !rule || !isFor(secret, rule, rules);
  });
  if (other === undefined) return;
  throw new KeyturnError("InvalidSecretError", {
    code: "ConsumerNotAllowed",
    message:
      `The tag keyturn:consumers names ${other}, which "consumers" in keyturn.yml does not declare for a secret of this name and account. ` +
      'Take it out of the tag; or add the beginning of the name to its "for", and deploy.',
  });
}

interface Named {
  readonly arn: string;
  readonly name: string;
}

function isFor({ arn, name }: Named, rule: ConsumerRule, rules: Pick<Rules, "accounts">): boolean {
  return !isElsewhere(arn, rules) && rule.for.some((prefix) => name.startsWith(prefix));
}

/** Whether a consumer has taken up what was current at a time. */
export function hasTakenUp(refresh: Refresh | undefined, since: string): boolean {
  return refresh?.outcome === "refreshed" && isSince(refresh, since);
}

/** Whether it was told after that time. */
export function isSince({ startedAt }: Refresh, since: string): boolean {
  return new Date(startedAt) >= new Date(since);
}
