import { loginsNamed } from "../logins.js";
import { folded } from "../mysql-wire/names.js";
import { traitsOf } from "../traits.js";

export const name = "mariadb";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["mariadb"] as const;

/** https://mariadb.com/kb/en/identifier-names/#maximum-length */
export const traits = traitsOf({
  defaultPort: 3306,
  username: { max: 80 },
  password: { max: 79 },
  dualPassword: true,
});

export const loginsOf = loginsNamed(folded);
