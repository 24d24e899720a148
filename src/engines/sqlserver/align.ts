import type { Pair } from "../engine.js";
import type { Changes } from "../pairs.js";
import { unknownUser } from "../refusals.js";
import { unknownPassword } from "../unknown-password.js";
import { alignDatabases, databasesOf } from "./align-databases.js";
import { LOGIN, SERVER_PERMISSIONS, SERVER_ROLES } from "./catalog.js";
import type { Known } from "./checks.js";
import type { Wire } from "./connect.js";
import { database } from "./database.js";
import { markBase, markClone, markerOf, unreadyMarkerOf } from "./marks.js";
import { bringInLine, type Permission, type Right, rightOf, roleRight } from "./rights.js";
import { id, inDatabase, onServer, queryIn, quoted, type Statement, statement, text } from "./statement.js";
import { untriggered } from "./triggers.js";
import type { Accounts } from "./users.js";

interface Login {
  readonly database: string;
  readonly language: string;
  readonly policy: boolean;
  readonly expiration: boolean;
}

/**
 * Makes a login where there is none, and gives it what the base has. What the base has in databases is looked at first: one
 * that is refused leaves nothing half done.
 */
export async function alignLogin(wire: Wire, accounts: Accounts, pair: Pair, known: Known): Promise<Changes> {
  const ask = <Row>(sql: string, name: string) => wire.query<Row>(queryIn("master", sql, name));
  const run = async (one: Statement) => void (await wire.query(onServer(one)));
  const marks = [markerOf, unreadyMarkerOf].map((of) => `server role ${of(pair.base)}`);
  const rightsOf = async (name: string): Promise<Right[]> =>
    [
      ...(await ask<{ name: string }>(SERVER_ROLES, name)).map((role) => roleRight(role.name, "SERVER ROLE")),
      ...(await ask<Permission>(SERVER_PERMISSIONS, name)).map(rightOf),
    ].filter(({ text }) => !marks.includes(text));
  const { database: home, language, policy, expiration } = (await ask<Login>(LOGIN, pair.base))[0] as Login;
  const wanted = await rightsOf(pair.base);
  const databases = await databasesOf(wire, pair, known);

  if (!known.clone) await markBase(accounts, pair);
  if (!known.clone) await run(statement`CREATE LOGIN ${id(pair.clone)} WITH PASSWORD = ${text(unknownPassword())}`);
  await run(
    statement`ALTER LOGIN ${id(pair.clone)} WITH DEFAULT_DATABASE = ${id(home)}, DEFAULT_LANGUAGE = ${id(language)}, CHECK_POLICY = ${onOff(policy)}`,
  );
  // Expiration without the policy is refused.
  if (policy) await run(statement`ALTER LOGIN ${id(pair.clone)} WITH CHECK_EXPIRATION = ${onOff(expiration)}`);
  if (!known.clone) await markClone(accounts, pair);

  const found = await rightsOf(pair.clone);
  const changes = await bringInLine({ wanted, found }, pair.clone, run, known.turned);
  const inThem = await alignDatabases(wire, pair, databases);
  return {
    granted: [...changes.granted, ...inThem.granted],
    revoked: [...changes.revoked, ...inThem.revoked],
    left: [...changes.left, ...inThem.left],
  };
}

/** A contained user has rights in its own database, and nowhere else. */
export async function alignUser(wire: Wire, accounts: Accounts, pair: Pair, known: Known): Promise<Changes> {
  const where = wire.facts.database;
  const here = database(wire, where);
  const base = await here.user(pair.base);
  if (!base) throw unknownUser("user", pair.base);
  if (!known.clone) {
    await markBase(accounts, pair);
    const made = statement`CREATE USER ${id(pair.clone)} WITH PASSWORD = ${text(unknownPassword())}`;
    await untriggered(wire, where, () => wire.query(inDatabase(where, made)));
    await markClone(accounts, pair);
  }
  const clone = (await here.user(pair.clone)) ?? { name: pair.clone, defaultSchema: null };
  return here.align(base, clone, [markerOf(pair.base), unreadyMarkerOf(pair.base)]);
}

function onOff(on: boolean) {
  return quoted(on ? "ON" : "OFF");
}
