import { loginsNamed } from "../logins.js";
import { folded } from "../mysql-wire/names.js";
import { traitsOf } from "../traits.js";

export const name = "mysql";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["mysql", "aurora-mysql"] as const;

/** https://dev.mysql.com/doc/refman/8.4/en/user-names.html */
export const traits = traitsOf({
  defaultPort: 3306,
  username: { max: 32 },
  password: { max: 79 },
  dualPassword: true,
});

export const loginsOf = loginsNamed(folded);
