import { traitsOf } from "../traits.js";

export { loginsOf } from "./names.js";

export const name = "oracle";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["oracle"] as const;

/**
 * Names have 128 bytes since 12.2, 30 before; `pair.ts` asks the server which. Passwords have 30 bytes up to 21c, and
 * up to 1,024 in 23ai and newer: what every release takes is the limit here. Forbidden is what would end the quoted
 * password in a statement, and what RDS forbids to its master user.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/dbseg/minimum-requirements-passwords.html,
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html (MasterUserPassword)
 *
 * An admin enters the application's database, because a pluggable database keeps its users itself: in another there may be
 * one of the same name who is somebody else. An owner may make a trigger that runs at each login to his schema (AFTER LOGON ON
 * SCHEMA). https://docs.oracle.com/en/database/oracle/oracle-database/19/lnpls/CREATE-TRIGGER-statement.html
 */
export const traits = traitsOf({
  defaultPort: 1521,
  username: { max: 128, unit: "bytes" },
  password: { max: 30, forbidden: "\"/@&'", required: ["lowercase", "uppercase", "numbers"] },
  dualPassword: true,
  loginsPerDatabase: true,
  adminEntersApplications: true,
  ownersMayDelayLogins: true,
});
