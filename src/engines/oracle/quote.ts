import { KeyturnError } from "../../errors.js";

/** `"APP"`: a name of the dictionary, exactly as it is. */
export function quoteName(dictionary: string): string {
  if (dictionary === "" || /["\0]/.test(dictionary)) {
    throw new KeyturnError("InvalidSecretError", {
      code: "MalformedName",
      message: `The name ${JSON.stringify(dictionary)} is none that Oracle can have. Look at "username" in the secret.`,
    });
  }
  return `"${dictionary}"`;
}

/** A password as a statement has it. There is no way to write a double quote inside of one. */
export function quotePassword(password: string): string {
  if (password === "" || /["\0]/.test(password)) {
    throw new KeyturnError("InvalidSecretError", {
      code: "PasswordUnusable",
      message:
        "Oracle takes no empty password, and none with a double quote or a NUL in it. Let Keyturn make the password, or " +
        "put another into the secret.",
    });
  }
  return `"${password}"`;
}
