import type { Traits } from "../engine.js";

export const name = "postgres";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["postgres", "postgresql", "aurora-postgresql"] as const;

/** https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS (63 bytes) */
export const traits: Traits = {
  defaultPort: 5432,
  defaultDatabase: "postgres",
  username: { max: 63, unit: "bytes" },
  // PostgreSQL 14 and newer take more; older ones cut at 100 in some clients.
  password: { min: 8, max: 99, forbidden: "" },
  dualPassword: false,
};
