import type { Client } from "pg";
import { KeyturnError } from "../../errors.js";
import type { AlternateReport, Pair } from "../engine.js";
import { inTransaction } from "../postgres-wire/connect.js";
import { permitted, quote } from "./permitted.js";
import { type Role, type Roles, readRoles } from "./roles.js";
import type { WithPassword } from "./set-password.js";
import { settingChanges } from "./settings.js";

/**
 * Makes the next of the pair ready, in one transaction. A clone is a member of its base and acts as it from the start of
 * every session (`ALTER ROLE … SET role`), so that it has the base's rights of today and of tomorrow, and what it makes
 * is owned by the base. What a session's role does not carry is brought in line each time: limits, expiry and settings
 * are copied, memberships that only the clone has are taken away. `transaction`: whether it takes effect.
 * https://www.postgresql.org/docs/current/sql-alterrole.html
 */
export async function alternate(
  client: Client,
  admin: string,
  { pair, grants }: { pair: Pair; grants: "sync" | "keep" },
  setPassword: WithPassword,
  transaction = inTransaction,
): Promise<AlternateReport> {
  const roles = await readRoles(client, pair);
  check(pair, roles, grants);
  const granted: string[] = [];
  const revoked: string[] = [];
  const run = (statement: string) => permitted(admin, [pair.base, pair.clone], () => client.query(statement));
  const base = client.escapeIdentifier(pair.base);
  const clone = client.escapeIdentifier(pair.clone);

  const create = pair.next === pair.clone && !roles.clone;
  return transaction(client, async () => {
    const password = await permitted(admin, [pair.base, pair.clone], () =>
      setPassword(
        (literal) =>
          `${create ? "CREATE" : "ALTER"} ROLE ${client.escapeIdentifier(pair.next)} LOGIN PASSWORD ${literal}`,
      ),
    );
    if (grants === "sync" && pair.next === pair.clone) {
      if (!roles.member) {
        await run(`GRANT ${base} TO ${clone}`);
        granted.push(pair.base);
      }
      for (const other of roles.otherMemberships) {
        await run(`REVOKE ${client.escapeIdentifier(other)} FROM ${clone}`);
        revoked.push(other);
      }
      for (const change of attributeChanges(client, roles)) await run(`ALTER ROLE ${clone} ${change}`);
      for (const change of settingChanges(client, pair, roles)) await run(change);
    }
    return { ...password, created: create, granted, revoked };
  });
}

/** Refuses what would take something over or away, before anything is changed. */
function check(pair: Pair, roles: Roles, grants: "sync" | "keep"): void {
  if (!roles.base) {
    throw refusal(
      "InvalidSecretError",
      "UnknownUser",
      `The role ${JSON.stringify(pair.base)} does not exist on the admin's server.`,
    );
  }
  if (roles.base.superuser) {
    throw refusal(
      "UnsupportedError",
      "Superuser",
      "A superuser is not cloned. Tag its secret keyturn:strategy = single-user.",
    );
  }
  if (!roles.clone) {
    if (grants === "sync" || pair.next === pair.base) return;
    throw refusal(
      "InvalidSecretError",
      "CloneMissing",
      `With keyturn:grants = keep the clone must be there: CREATE ROLE ${quote(pair.clone)} LOGIN IN ROLE ${quote(pair.base)}; ` +
        `ALTER ROLE ${quote(pair.clone)} SET role = ${quote(pair.base)};`,
    );
  }
  if (!roles.member) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The role ${quote(pair.clone)} exists and is no member of ${quote(pair.base)}: it is someone else's. Rename one of the two.`,
    );
  }
  if (grants === "sync" && roles.clone.owns > 0 && !roles.clone.actsAsBase) {
    throw refusal(
      "ConflictError",
      "CloneOwnsObjects",
      `${quote(pair.clone)} owns objects that it could no longer use. Hand them over, in each database: ` +
        `REASSIGN OWNED BY ${quote(pair.clone)} TO ${quote(pair.base)};`,
    );
  }
}

/** Limits of a login that acting as another role does not carry over. */
function attributeChanges(client: Client, { base, clone }: Roles): string[] {
  const from = base as Role;
  const to: Partial<Role> = clone ?? { connectionLimit: -1, validUntil: null, replication: false };
  return [
    ...(from.connectionLimit === to.connectionLimit ? [] : [`CONNECTION LIMIT ${from.connectionLimit}`]),
    ...(from.validUntil === to.validUntil
      ? []
      : [`VALID UNTIL ${client.escapeLiteral(from.validUntil ?? "infinity")}`]),
    ...(from.replication === to.replication ? [] : [from.replication ? "REPLICATION" : "NOREPLICATION"]),
  ];
}

function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
