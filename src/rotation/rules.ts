import type { ConnectRequest } from "../engines/engine.js";

/**
 * What keyturn.yml decides for a deployment. Tags are written by others, and may ask for nothing beyond it. The functions
 * find it as JSON in `KEYTURN_RULES`.
 */
export interface Rules {
  /** The deployment. A secret is its own only where its tag `keyturn:stage` says so. */
  readonly stage: string;
  readonly admins: readonly AdminRule[];
  /** Patterns of the host names that `keyturn:readers` may name; `*` stands for characters other than a dot. */
  readonly readers: readonly string[];
  /** By schedule: what a server may ask for besides a proof of the password. */
  readonly mayAskFor: Readonly<Record<string, NonNullable<ConnectRequest["mayAskFor"]>>>;
  /** The deployment's own AWS account, and the others whose secrets it rotates. Absent: every secret is taken for its own. */
  readonly accounts?: { readonly partition: string; readonly own: string; readonly others: readonly string[] };
  /** Whether operators may have a credential brought back. Absent: they may not. */
  readonly restore?: boolean;
  /** How many rotations change one server's logins at a time; absent: `AT_ONCE_PER_SERVER`. */
  readonly atOncePerServer?: number;
  /** To Secrets Manager, over all runs; absent: `WRITES_PER_SECOND`. */
  readonly writesPerSecond?: number;
  /** By name: who may be told of a rotation. Absent: nobody. */
  readonly consumers?: Readonly<Record<string, ConsumerRule>>;
}

export interface AdminRule {
  readonly arn: string;
  /** Beginnings of the names of secrets that may name it, where its own tag leaves that to the deployment. */
  readonly for: readonly string[];
  /** Whether it may be one that its server lets do everything. */
  readonly superuser: boolean;
}

/** What keyturn.yml says of a consumer to whoever decides whether it is told. */
export interface ConsumerRule {
  /** Beginnings of the names of the secrets that may have it told. */
  readonly for: readonly string[];
  /** The schedules whose secrets have it told where their tags do not say otherwise. */
  readonly of: readonly string[];
  /** How long beyond its time a retirement waits for it. Minutes. */
  readonly holds: number;
}

/** Whether a host name fits one of the patterns. Case does not matter, as in names of hosts. */
export function isAllowedHost(host: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const source = pattern.split("*").map((part) => part.replace(/[\\^$.+?()[\]{}|/-]/g, "\\$&"));
    return new RegExp(`^${source.join("[^.]+")}$`, "i").test(host);
  });
}

/** What the schedule lets a server ask for besides a proof of the password. */
export function mayAskFor({ mayAskFor }: Rules, schedule: string): Pick<ConnectRequest, "mayAskFor"> {
  const may = Object.hasOwn(mayAskFor, schedule) ? mayAskFor[schedule] : undefined;
  return may ? { mayAskFor: may } : {};
}
