import type { Change, Pair } from "../engine.js";
import type { Accounts } from "./accounts.js";
import { check, superuser, unknown } from "./alternate.js";
import { DATABASE_RIGHTS, DATABASES, SERVER_RIGHTS, SERVER_ROLES } from "./catalog.js";
import { database } from "./database.js";
import { lacksRight, permitted } from "./permitted.js";
import type { Wire } from "./wire.js";

/** What HAS_PERMS_BY_NAME answers: 1, 0, or NULL for a securable that is not there or not to be seen. */
type Held = 0 | 1 | null;

interface ServerRights {
  /** Of any login, or of this one. */
  readonly alterLogin: Held;
  readonly alterRoles: Held;
  readonly controlServer: Held;
  /** Whether the login is itself one that only those with CONTROL SERVER may change. */
  readonly powerful: Held;
}

/**
 * Asks the server what the session may do, and that first: whoever may not alter a login does not see it either. What can
 * be handed on WITH GRANT OPTION it does not say: of the server's permissions that shows only when they are granted.
 * https://learn.microsoft.com/sql/t-sql/functions/has-perms-by-name-transact-sql
 */
export async function rehearse(wire: Wire, accounts: Accounts, change: Change): Promise<string> {
  if (change.kind === "own password") return `A ${accounts.what} may always change its own password.`;
  if (change.kind !== "pair") {
    const { username } = change;
    await permitted(wire, username, async () => {
      await mayAlter(wire, username, "alterUsers");
      if (!(await accounts.exists(username))) throw unknown(accounts.what, username);
    });
    return "The admin may set the password: the server says that it has the permissions.";
  }
  const { pair, grants } = change;
  await permitted(wire, pair.next, async () => {
    // The base: it is there in every case.
    await mayAlter(wire, pair.base, "control");
    const isThere = await accounts.exists(pair.clone);
    await check(accounts, pair, { isThere, grants });
    const aligned = grants === "sync" && pair.next === pair.clone;
    if (!wire.facts.contained && aligned) await mayAlign(wire, pair, isThere);
  });
  return "The admin may make the next of the pair ready: the server says that it has the permissions.";
}

/** https://learn.microsoft.com/sql/t-sql/statements/alter-login-transact-sql#permissions, …/alter-user-transact-sql#permissions */
async function mayAlter(wire: Wire, name: string, ofUsers: "alterUsers" | "control"): Promise<void> {
  if (wire.facts.contained) {
    if (!(await rightsIn(wire, wire.facts.database))[ofUsers]) throw lacksRight(wire, name);
    return;
  }
  const { alterLogin, controlServer, powerful } = await serverRights(wire, name);
  if (!alterLogin || (powerful && !controlServer)) throw lacksRight(wire, name);
}

/** A role to mark the clone is made for the pair; in each database its user is made, and given what the base's has. */
async function mayAlign(wire: Wire, pair: Pair, isThere: boolean): Promise<void> {
  const roles = await wire.query<{ name: string }>({ sql: SERVER_ROLES, parameters: { name: pair.base } });
  if (roles.some(({ name }) => name === "sysadmin")) throw superuser();
  const { alterRoles } = await serverRights(wire, pair.base);
  if (!alterRoles && (!isThere || roles.length > 0)) throw lacksRight(wire, pair.next);
  for (const { name } of await wire.query<{ name: string }>({ sql: DATABASES, parameters: { name: "" } })) {
    const isUser = await database(wire, name).hasUser(pair.base);
    if (isUser && !(await rightsIn(wire, name)).control) throw lacksRight(wire, pair.next, ` in the database ${name}`);
  }
}

async function serverRights(wire: Wire, name: string): Promise<ServerRights> {
  const [rights] = await wire.query<ServerRights>({ sql: SERVER_RIGHTS, parameters: { name } });
  return rights ?? { alterLogin: 0, alterRoles: 0, controlServer: 0, powerful: 0 };
}

async function rightsIn(wire: Wire, where: string): Promise<{ readonly alterUsers: Held; readonly control: Held }> {
  const [rights] = await wire.query<{ alterUsers: Held; control: Held }>({
    sql: DATABASE_RIGHTS,
    parameters: { name: where },
  });
  return rights ?? { alterUsers: 0, control: 0 };
}
