import type { Cloud } from "../../src/local/cloud.js";
import type { AwsSecret } from "../aws/rotate.js";

export type Strategy = "single-user" | "alternating-users" | "dual-password";

/** Where rotations are measured: a server, the cloud, and a secret of each way to rotate. */
export interface Arena {
  /** With its version. */
  readonly engine: string;
  readonly strategy: Strategy;
  readonly cloud: Cloud;
  readonly caFile: string;
  readonly secretId: string;
  /** A secret of AWS's functions, or why they cannot be measured there. */
  readonly aws: AwsSecret | string;
  /** What the server has noted since then. */
  seen(since: Date): Promise<Seen>;
  stop(): Promise<void>;
}

/** As the server itself noted it. */
export interface Seen {
  readonly ok: readonly Date[];
  readonly failed: readonly Date[];
  /** Where a password was changed. */
  readonly changes: readonly Date[];
}
