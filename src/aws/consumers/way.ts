import type { Progress, Target } from "../../rotation/consumers.js";
import type { AwsErrorRow } from "../errors.js";

/** How one kind is told, and looked at. Throws what the SDK throws. */
export interface Way<Kind extends Target> {
  start(target: Kind, at: Date): Promise<string>;
  look(target: Kind, refresh: { readonly handle: string; readonly startedAt: Date }): Promise<Progress>;
  readonly errors: Readonly<Record<string, AwsErrorRow>>;
}
