import type { Client } from "pg";
import type { AlternateReport, Pair } from "../engine.js";
import { reported } from "../pairs.js";
import { inSavepoint, inTransaction } from "../postgres-wire/transactions.js";
import { attributeChanges, settingChanges } from "./align.js";
import { check, refuseOwner } from "./checks.js";
import { commentOn, retiredMarkOf } from "./marks.js";
import type { WithPassword } from "./passwords.js";
import { permitted } from "./permitted.js";
import { readRoles } from "./users.js";

/**
 * Makes the next of the pair ready, in one transaction. A clone is a member of its base and acts as it from the start of
 * every session (`ALTER ROLE … SET role`), so that it has the base's rights of today and of tomorrow, and what it makes
 * is owned by the base; where the base acts as another role, the clone does, too. What a session's role does not carry
 * is brought in line each time: limits, expiry and settings are copied, memberships and attributes that only the clone
 * has are taken away. `transaction`: whether it takes effect.
 * https://www.postgresql.org/docs/current/sql-alterrole.html
 */
export async function alternate(
  client: Client,
  admin: string,
  { pair, grants }: { pair: Pair; grants: "sync" | "keep" },
  setPassword: WithPassword,
  transaction = inTransaction,
): Promise<AlternateReport> {
  const granted: string[] = [];
  const revoked: string[] = [];
  const left: string[] = [];
  const run = (statement: string) => permitted(admin, [pair.base, pair.clone], () => client.query(statement));
  const base = client.escapeIdentifier(pair.base);
  const clone = client.escapeIdentifier(pair.clone);
  const toClone = pair.next === pair.clone;

  return transaction(client, async () => {
    const roles = await readRoles(client, pair);
    check(admin, pair, roles, toClone && grants === "sync");
    const create = toClone && !roles.clone;
    const sync = toClone && grants === "sync";
    if (sync && roles.clone) refuseOwner(pair, roles);
    const password = await permitted(admin, [pair.base, pair.clone], () =>
      setPassword(
        (literal) =>
          `${create ? "CREATE" : "ALTER"} ROLE ${client.escapeIdentifier(pair.next)} LOGIN PASSWORD ${literal}`,
      ),
    );
    if (create) {
      await run(`GRANT ${base} TO ${clone}`);
      granted.push(pair.base);
    }
    if (create || (!toClone && roles.baseRetired)) await run(commentOn(client, pair));
    if (sync) {
      for (const other of roles.otherMemberships) {
        const statement = `REVOKE ${client.escapeIdentifier(other)} FROM ${clone}`;
        const list = (await takeAway(client, statement)) ? revoked : left;
        list.push(other);
      }
      for (const change of attributeChanges(client, roles)) await run(`ALTER ROLE ${clone} ${change}`);
      for (const change of settingChanges(client, pair, roles)) await run(change);
    }
    return { ...password, created: create, ...reported({ granted, revoked, left }) };
  });
}

/**
 * Whoever has ADMIN OPTION on a role may make the clone a member of it, which the admin may have no right to end. That is no
 * reason not to rotate: it is reported.
 */
async function takeAway(client: Client, statement: string): Promise<boolean> {
  try {
    await inSavepoint(client, () => client.query(statement));
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== "42501") throw error;
    return false;
  }
}

/** Bars one of the pair, in one transaction. That it was us who barred a base is said in the clone's mark. */
export async function retire(client: Client, admin: string, pair: Pair): Promise<void> {
  const run = (statement: string) => permitted(admin, [pair.base, pair.clone], () => client.query(statement));
  await inTransaction(client, async () => {
    const roles = await readRoles(client, pair);
    check(admin, pair, roles, false);
    await run(`ALTER ROLE ${client.escapeIdentifier(pair.next)} NOLOGIN PASSWORD NULL`);
    if (pair.next === pair.base && !roles.baseRetired) {
      await run(commentOn(client, pair, retiredMarkOf(pair.base)));
    }
  });
}
