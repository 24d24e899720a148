/** Something that a user has: what it is, in identifiers, and the statements that give it to the clone and take it. */
export interface Right {
  readonly text: string;
  readonly give: string;
  /** The same where the clone goes without other rights, named by their texts. */
  giveWithout?(left: readonly string[]): string;
  /** None for what is replaced by another of its kind. */
  readonly take?: string;
  /** Whether giving it would change a user that an admin does not touch. */
  readonly ofAnother?: true;
  /** Whether it is on an object, and whether who owns that may put another in its place. */
  readonly onObject?: "fixed" | "exchangeable";
}

/** A right that is granted. `what`: `SELECT ON "SHOP"."ORDERS"`; `options` with a blank before. */
export function granted(what: string, to: string, options: string): Right {
  return { text: what + options, give: `GRANT ${what} TO ${to}${options}`, take: `REVOKE ${what} FROM ${to}` };
}

/** A privilege, as the dictionary has it: nothing else may come into a statement without quotes. */
export function words(privilege: string): string {
  if (/^[A-Z][A-Z0-9_ ]*$/.test(privilege)) return privilege;
  throw new Error(`The server calls a privilege ${JSON.stringify(privilege)}.`);
}
