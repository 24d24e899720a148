import type { Traits } from "../engine.js";
import { loginsNamed } from "../logins.js";
import { folded } from "../mysql-wire/names.js";

export const name = "mariadb";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["mariadb"] as const;

/** https://mariadb.com/kb/en/identifier-names/#maximum-length */
export const traits: Traits = {
  defaultPort: 3306,
  username: { max: 80, unit: "characters" },
  password: { min: 8, max: 79, forbidden: "" },
  dualPassword: true,
};

export const loginsOf = loginsNamed(folded);
