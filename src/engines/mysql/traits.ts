import type { Traits } from "../engine.js";
import { loginsNamed } from "../logins.js";
import { folded } from "../mysql-wire/names.js";

export const name = "mysql";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["mysql", "aurora-mysql"] as const;

/** https://dev.mysql.com/doc/refman/8.4/en/user-names.html */
export const traits: Traits = {
  defaultPort: 3306,
  username: { max: 32, unit: "characters" },
  password: { min: 8, max: 79, forbidden: "" },
  dualPassword: true,
};

export const loginsOf = loginsNamed(folded);
