import { traitsOf } from "../traits.js";
import { MAX_BYTES } from "./names.js";

export { loginsOf } from "./names.js";

export const name = "postgres";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["postgres", "postgresql", "aurora-postgresql"] as const;

export const traits = traitsOf({
  defaultPort: 5432,
  defaultDatabase: "postgres",
  username: { max: MAX_BYTES, unit: "bytes" },
  // PostgreSQL 14 and newer take more; older ones cut at 100 in some clients.
  password: { max: 99 },
});
