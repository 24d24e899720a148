import type { ListedSecret } from "../fleet/page.js";
import type { Holder, LastKnown } from "../rotation/ledger.js";
import type { Rules } from "../rotation/rules.js";
import type { Execution } from "./execution.js";
import type { Clock, DeployedSchedules } from "./schedules.js";

/** What is known of a secret. */
export interface Seen {
  readonly secret: ListedSecret;
  readonly last?: LastKnown;
  readonly holder?: Holder;
  /** The holder's execution; absent where nobody has looked, or it is gone. */
  readonly execution?: Execution;
}

/** What all secrets are seen by. */
export interface Lights {
  readonly deployed: DeployedSchedules;
  readonly clock: Clock;
  readonly now: Date;
  readonly rules: Pick<Rules, "stage">;
}
