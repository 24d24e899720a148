import type { Traits } from "../engine.js";

export const name = "documentdb";

/**
 * `mongo` is what AWS's rotation functions call it.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
 */
export const accepts = ["mongo", "mongodb", "documentdb", "docdb"] as const;

/** https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html, which are narrower than MongoDB's */
export const traits: Traits = {
  defaultPort: 27017,
  defaultDatabase: "admin",
  username: { max: 63, unit: "characters" },
  password: { min: 8, max: 100, forbidden: '/"@' },
  dualPassword: false,
};
