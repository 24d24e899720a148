import type { Change, Pair } from "../engine.js";
import { unknownUser } from "../refusals.js";
import { databasesOf, reasonOf } from "./align-databases.js";
import { SERVER_ROLES } from "./catalog.js";
import {
  check,
  type Known,
  refuseBarred,
  refuseItself,
  refuseOnAzure,
  refusePowerful,
  refuseUnproven,
} from "./checks.js";
import type { Wire } from "./connect.js";
import { fixedRolesNotToHandOn, rightsIn, serverRights } from "./held-rights.js";
import { markerOf, unreadyMarkerOf } from "./marks.js";
import { lacksRight, permitted } from "./permitted.js";
import { queryIn } from "./statement.js";
import { guard } from "./triggers.js";
import type { Accounts } from "./users.js";

/**
 * Asks the server what the session may do, and that first: whoever may not alter a login does not see it either. What can
 * be handed on WITH GRANT OPTION it does not say: of the server's permissions that shows only when they are granted.
 * https://learn.microsoft.com/sql/t-sql/functions/has-perms-by-name-transact-sql
 */
export async function rehearse(wire: Wire, accounts: Accounts, change: Change): Promise<string> {
  if (change.kind === "own password") {
    refuseOnAzure(wire, { own: true });
    return `A ${accounts.what} may always change its own password.`;
  }
  refuseOnAzure(wire);
  if (change.kind !== "pair") {
    await mayChange(wire, accounts, change.username);
    return "The admin may set the password: the server says that it has the permissions.";
  }
  const { pair, grants } = change;
  const left = await permitted(wire, pair.next, async () => {
    // The base: it is there in every case.
    await mayAlter(wire, pair.base, "control");
    const aligned = grants === "sync" && pair.next === pair.clone;
    const known = await check(wire, accounts, pair, { mayMake: aligned });
    refuseBarred(accounts, pair, known);
    if (wire.facts.contained) await guard(wire, wire.facts.database);
    return !wire.facts.contained && aligned ? mayAlign(wire, pair, known) : [];
  });
  const without = left.length > 0 ? ` Left as it is: ${left.join("; ")}.` : "";
  return `The admin may make the next of the pair ready: the server says that it has the permissions.${without}`;
}

/** Throws what keeps the session, as an admin, from setting a password. */
export async function mayChange(wire: Wire, accounts: Accounts, username: string): Promise<void> {
  refuseOnAzure(wire);
  refuseItself(wire, username);
  refuseUnproven(wire, username);
  await permitted(wire, username, async () => {
    await mayAlter(wire, username, "alterUsers");
    const account = await accounts.find(username);
    if (!account) throw unknownUser(accounts.what, username);
    refusePowerful(username, account);
    if (wire.facts.contained) await guard(wire, wire.facts.database);
  });
}

/** https://learn.microsoft.com/sql/t-sql/statements/alter-login-transact-sql#permissions, …/alter-user-transact-sql#permissions */
async function mayAlter(wire: Wire, name: string, ofUsers: "alterUsers" | "control"): Promise<void> {
  const held = wire.facts.contained
    ? (await rightsIn(wire, wire.facts.database))[ofUsers]
    : (await serverRights(wire, name)).alterLogin;
  if (!held) throw lacksRight(wire, name);
}

/**
 * A role to mark the clone is made for the pair; in each database its user is made, and given what the base's has. Answers with
 * what is left alone.
 */
async function mayAlign(wire: Wire, pair: Pair, { clone, turned }: Known): Promise<readonly string[]> {
  const marks = [markerOf(pair.base), unreadyMarkerOf(pair.base)];
  const roles = await wire.query<{ name: string }>(queryIn("master", SERVER_ROLES, pair.base));
  const { alterRoles } = await serverRights(wire, pair.base);
  if (!alterRoles && (!clone || !turned || roles.some((role) => !marks.includes(role.name))))
    throw lacksRight(wire, pair.next);
  const fixed = (await fixedRolesNotToHandOn(wire, pair.base, pair.clone)).map((role) => `server role ${role}`);
  if (fixed.length > 0 && !turned)
    throw lacksRight(wire, pair.next, ` (${fixed.join(", ")}: only members of a fixed server role add others)`);
  const { must, may, left } = await databasesOf(wire, pair, { turned });
  for (const name of must)
    if (!(await rightsIn(wire, name)).control) throw lacksRight(wire, pair.next, ` in the database ${name}`);
  const refused: string[] = [...fixed, ...left];
  for (const name of may) {
    const reason = await guard(wire, name).then(() => undefined, reasonOf);
    if (reason !== undefined) refused.push(`${name}: ${reason}`);
    else if (!(await rightsIn(wire, name)).control) refused.push(`${name}: AdminLacksRight`);
  }
  return refused;
}
