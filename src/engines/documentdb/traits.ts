import { loginsNamed } from "../logins.js";
import { traitsOf } from "../traits.js";

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
export const traits = traitsOf({
  defaultPort: 27017,
  defaultDatabase: "admin",
  username: { max: 63 },
  password: { max: 100, forbidden: '/"@' },
  loginsPerDatabase: true,
  adminEntersApplications: true,
});
