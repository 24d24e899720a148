import { UsageError } from "../failure.js";
import type { CommonOptions } from "../host.js";
import { lineOf } from "../rotating/again.js";
import { plain } from "../style.js";

/** A name with a slip in it must not look as if all were well. */
export function noSchedule(schedule: string, options: CommonOptions): UsageError {
  return new UsageError(
    `No secret is on a schedule ${plain(schedule)}, and none is deployed. Which there are: ${lineOf(["schedules"], options)}`,
  );
}
