import type { Traits } from "../engine.js";
import { loginsNamed } from "../logins.js";

export const name = "redshift";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["redshift"] as const;

/** https://docs.aws.amazon.com/redshift/latest/dg/r_names.html, https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html */
export const traits: Traits = {
  defaultPort: 5439,
  defaultDatabase: "dev",
  username: { max: 127, unit: "bytes" },
  password: { min: 8, max: 64, forbidden: "'\"\\/@ ", required: ["lowercase", "uppercase", "numbers"] },
  dualPassword: false,
  // Privileges are kept in each database.
  adminEntersApplications: true,
};

/**
 * A name as the cluster keeps it, unless `enable_case_sensitive_identifier` is on: then two logins may count as one here.
 * https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
 */
export function stored(username: string): string {
  return username.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

export const loginsOf = loginsNamed(stored);
