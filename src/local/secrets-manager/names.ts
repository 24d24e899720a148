import { validation } from "./errors.js";

const NAME = /^[A-Za-z0-9/_+=.@!-]+$/;

/**
 * Letters, digits and `/_+=.@-`, and the `!` that is in the names of secrets which services manage; the length is the
 * member's. AWS looks at every name with which an operation is called, not at those of new secrets alone.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html#SecretsManager-CreateSecret-request-Name
 */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw validation(
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  );
}
