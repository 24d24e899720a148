import { KeyturnError } from "../errors.js";
import type { Access, SecretDescription } from "./ports.js";
import type { AdminRule, Rules } from "./rules.js";

/** The admin that a secret names, on that secret's server. */
export interface Admin {
  readonly secretArn: string;
  readonly access: Access;
  /** Whether the deployment accepts that its server lets it do everything. */
  readonly mayBeSuperuser: boolean;
}

/** As reports name it. */
export function named({ secretArn, access }: Admin): { secretArn: string; login: string } {
  return { secretArn, login: access.username };
}

/** On an admin secret: which secrets may name it in `masterarn`, by the beginnings of their names. */
const TAG = "keyturn:admin";

/**
 * Makes sure that the owner of an admin secret lets it be used for a secret of this name: whoever may write a secret could
 * otherwise name any admin of the account in it. Throws `AdminNotOffered`.
 */
export function checkOffered(admin: SecretDescription, secretName: string, rules: Rules): void {
  const { tags, arn } = admin;
  const said = tags[TAG]?.trim() ?? "";
  const prefixes = /^true$/i.test(said) ? (ruleFor(arn, rules)?.for ?? []) : said.split(/\s+/).filter(Boolean);
  const offered = prefixes.some((prefix) => secretName.startsWith(prefix));
  if (offered && tags["keyturn:stage"]?.trim() === rules.stage && !admin.deletedAt) return;
  throw new KeyturnError("AccessDeniedError", {
    code: "AdminNotOffered",
    message:
      `The admin secret ${admin.name} does not let the secret ${secretName} name it in "masterarn". Who owns the admin ` +
      `secret should tag it ${TAG} = the beginnings of the names of secrets that may, with blanks between them, and ` +
      `keyturn:stage = ${rules.stage}.`,
  });
}

/** Whether the deployment accepts that this admin may do everything on its server. */
export function mayBeSuperuser(adminArn: string, rules: Rules): boolean {
  return ruleFor(adminArn, rules)?.superuser ?? false;
}

function ruleFor(arn: string, { admins }: Rules): AdminRule | undefined {
  return admins.find((rule) => rule.arn === arn);
}
