import type { Traits } from "../engine.js";

export const name = "sqlserver";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["sqlserver"] as const;

/**
 * https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers,
 * https://learn.microsoft.com/sql/relational-databases/security/password-policy (three of four kinds of characters)
 */
export const traits: Traits = {
  defaultPort: 1433,
  defaultDatabase: "master",
  username: { max: 128, unit: "characters" },
  password: { min: 8, max: 128, forbidden: "", required: ["lowercase", "uppercase", "numbers"] },
  dualPassword: false,
};
