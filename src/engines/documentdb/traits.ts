import type { Traits } from "../engine.js";
import { loginsNamed } from "../logins.js";

export const name = "documentdb";

/**
 * `mongo` is what AWS's rotation functions call it.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
 */
export const accepts = ["mongo", "mongodb", "documentdb", "docdb"] as const;

/** Names are compared byte by byte. */
export const loginsOf = loginsNamed((username) => username);

/**
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html, which are narrower than MongoDB's
 *
 * A user is kept in a database, and in another the same name is somebody else: an admin that is to change it is kept there
 * too, and logs in there.
 */
export const traits: Traits = {
  defaultPort: 27017,
  defaultDatabase: "admin",
  username: { max: 63, unit: "characters" },
  password: { min: 8, max: 100, forbidden: '/"@' },
  dualPassword: false,
  loginsPerDatabase: true,
  adminEntersApplications: true,
};
