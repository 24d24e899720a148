import type { AlternateReport, Pair } from "../engine.js";
import { unknownPassword } from "../unknown-password.js";
import { LOGIN, SERVER_PERMISSIONS, SERVER_ROLES } from "./catalog.js";
import { check, type Known, refuseBarred, unknown } from "./checks.js";
import type { Wire } from "./connect.js";
import { database } from "./database.js";
import { alignDatabases, databasesOf } from "./databases.js";
import { permitted } from "./permitted.js";
import { bringInLine, type Changes, type Permission, type Right, rightOf, roleRight } from "./rights.js";
import { id, inDatabase, onServer, queryIn, quoted, type Statement, statement, text } from "./statement.js";
import { guard, untriggered } from "./triggers.js";
import { type Accounts, markerOf, unreadyMarkerOf } from "./users.js";

/**
 * Makes the next of the pair ready. The clone is brought in line each time, given and taken: on the server, and in every
 * database in which the base has a user and the admin one, too. Its password is set last, so that a clone that is not whole lets nobody in.
 */
export async function alternate(
  wire: Wire,
  accounts: Accounts,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
): Promise<AlternateReport> {
  const ofClone = pair.next === pair.clone;
  const aligned = ofClone && grants === "sync";
  return permitted(wire, pair.next, async () => {
    const known = await check(wire, accounts, pair, { mayMake: aligned });
    refuseBarred(accounts, pair, known);
    if (wire.facts.contained) await guard(wire, wire.facts.database);
    const align = wire.facts.contained ? alignUser : alignLogin;
    const { left, ...changes } = aligned ? await align(wire, accounts, pair, known) : NOTHING;
    if (aligned && !known.turned) await accounts.unmark(pair.clone, unreadyMarkerOf(pair.base));
    await accounts.setPassword(pair.next, password);
    await accounts.unbar(pair.next);
    // Also what a try that was cut off left behind: a base that is in use is not retired.
    if (known.retired && (!ofClone || !known.base.barred)) await accounts.unmark(pair.base, unreadyMarkerOf(pair.base));
    return { created: !known.clone, ...changes, ...(left.length > 0 ? { left } : {}), sentAs: "masked" };
  });
}

/** Bars the next of the pair. What a person barred stays as it is, and is not let in again by `alternate`. */
export async function retire(wire: Wire, accounts: Accounts, pair: Pair): Promise<void> {
  await permitted(wire, pair.next, async () => {
    const { base, retired } = await check(wire, accounts, pair, { mayMake: false });
    if (wire.facts.contained) await guard(wire, wire.facts.database);
    if (pair.next === pair.base && !base.barred && !retired) await accounts.mark(pair.base, unreadyMarkerOf(pair.base));
    await accounts.setPassword(pair.next, unknownPassword());
    await accounts.bar(pair.next);
  });
}

const NOTHING: Changes = { granted: [], revoked: [], left: [] };

interface Login {
  readonly database: string;
  readonly language: string;
  readonly policy: boolean;
  readonly expiration: boolean;
}

/** What the base has in databases is looked at first: one that is refused leaves nothing half done. */
async function alignLogin(wire: Wire, accounts: Accounts, pair: Pair, known: Known): Promise<Changes> {
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

/** Before there is a clone: one that is not whole leaves a base that is marked. */
async function markBase(accounts: Accounts, { base }: Pair): Promise<void> {
  if (!(await accounts.isMarked(base, markerOf(base)))) await accounts.mark(base, markerOf(base));
}

/** As one that is not ready first, so that no try takes it for a clone that has had a turn. */
async function markClone(accounts: Accounts, { base, clone }: Pair): Promise<void> {
  await accounts.mark(clone, unreadyMarkerOf(base));
  await accounts.mark(clone, markerOf(base));
}

/** A contained user has rights in its own database, and nowhere else. */
async function alignUser(wire: Wire, accounts: Accounts, pair: Pair, known: Known): Promise<Changes> {
  const where = wire.facts.database;
  const here = database(wire, where);
  const base = await here.user(pair.base);
  if (!base) throw unknown("user", pair.base);
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
