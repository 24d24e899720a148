import { KeyturnError } from "../errors.js";
import type { GracePeriods } from "../rotation/retirement/plan.js";

/** The DynamoDB table that the deployment made. */
export function tableName(): string {
  const name = process.env.KEYTURN_TABLE;
  if (name) return name;
  throw new KeyturnError("InternalError", {
    code: "NoTable",
    message: "The environment variable KEYTURN_TABLE is missing: deploy again.",
  });
}

/** Minutes until old credentials are retired, by schedule, as the deployment took them from keyturn.yml. */
export function gracePeriods(): GracePeriods {
  return JSON.parse(process.env.KEYTURN_RETIRE_AFTER_MINUTES ?? "{}") as GracePeriods;
}
