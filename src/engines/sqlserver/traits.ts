import { loginsNamed } from "../logins.js";
import { traitsOf } from "../traits.js";
import { fold } from "./names.js";

export const name = "sqlserver";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["sqlserver"] as const;

export const loginsOf = loginsNamed(fold);

/**
 * https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers,
 * https://learn.microsoft.com/sql/relational-databases/security/password-policy (three of four kinds of characters)
 *
 * An admin enters the application's database, because a contained one keeps its users itself: whether a name means one of
 * those or a login of the server only the session there can tell. What is not about that database is done in master.
 *
 * A login waits for a lock on its database, which ALTER DATABASE of its owner holds:
 * https://learn.microsoft.com/sql/relational-databases/sql-server-transaction-locking-and-row-versioning-guide
 */
export const traits = traitsOf({
  defaultPort: 1433,
  defaultDatabase: "master",
  username: { max: 128 },
  password: { max: 128, required: ["lowercase", "uppercase", "numbers"] },
  adminEntersApplications: true,
  databasesMayKeepLogins: true,
  ownersMayDelayLogins: true,
});
