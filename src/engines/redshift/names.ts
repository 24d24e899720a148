import { loginsNamed } from "../logins.js";

/**
 * A name as the cluster keeps it, unless `enable_case_sensitive_identifier` is on: then two logins may count as one here.
 * https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
 */
export function stored(username: string): string {
  return username.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

export const loginsOf = loginsNamed(stored);
