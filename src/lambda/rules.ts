import { KeyturnError } from "../errors.js";
import type { Rules } from "../rotation/rules.js";

/** The deployment's rules, as it put them into `KEYTURN_RULES`. Throws `NoRules` where it did not. */
export function rules(): Rules {
  const text = process.env.KEYTURN_RULES;
  if (text) return JSON.parse(text) as Rules;
  throw new KeyturnError("InternalError", {
    code: "NoRules",
    message: "The environment variable KEYTURN_RULES is missing: deploy again.",
  });
}
