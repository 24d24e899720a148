import type { KeyturnError } from "../../errors.js";
import type { Changes } from "../pairs.js";
import { refusal } from "../refusals.js";
import { DATABASE_PERMISSIONS, DATABASE_ROLES, INVITED, OWNED_SCHEMAS, USER, USER_OF_LOGIN } from "./catalog.js";
import type { Wire } from "./connect.js";
import { bringInLine, type Permission, type Right, rightOf, roleRight } from "./rights.js";
import { bracketed, id, inDatabase, queryIn, type Statement, statement } from "./statement.js";
import { guard, untriggered } from "./triggers.js";

interface User {
  readonly name: string;
  readonly defaultSchema: string | null;
}

/** What is done in one database: asked and run there, wherever the session is. Its owner may be anybody. */
export function database(wire: Wire, where: string) {
  const ask = <Row>(sql: string, name: string) => wire.query<Row>(queryIn(where, sql, name));
  const run = (one: Statement) => untriggered(wire, where, () => wire.query(inDatabase(where, one)));

  async function rightsOf(user: string, marks: readonly string[]): Promise<Right[]> {
    const permissions = await ask<Permission>(DATABASE_PERMISSIONS, user);
    const roles = await ask<{ name: string }>(DATABASE_ROLES, user);
    return [
      ...roles.filter(({ name }) => !marks.includes(name)).map(({ name }) => roleRight(name, "ROLE")),
      ...permissions.map(rightOf),
    ];
  }

  /** Gives one user what the other has, and takes what it has not; what either owns the other controls. */
  async function align(base: User, clone: User, marks: readonly string[] = []): Promise<Changes> {
    const wanted = [
      ...(await rightsOf(base.name, marks)),
      ...(await ask<Permission>(OWNED_SCHEMAS, base.name)).map(rightOf),
    ];
    const found = await rightsOf(clone.name, marks);
    const { granted, revoked } = await bringInLine({ wanted, found }, clone.name, run, false);
    for (const permission of await ask<Permission>(OWNED_SCHEMAS, clone.name))
      await run(rightOf(permission).give(base.name));
    if (base.defaultSchema && base.defaultSchema !== clone.defaultSchema)
      await run(statement`ALTER USER ${id(clone.name)} WITH DEFAULT_SCHEMA = ${id(base.defaultSchema)}`);
    const at = (text: string) => `${where}: ${text}`;
    return { granted: granted.map(at), revoked: revoked.map(at), left: [] };
  }

  return {
    align,
    user: async (name: string) => (await ask<User>(USER, name))[0],

    /** Whether the admin itself is a user here. */
    invites: async () => (await ask(INVITED, "")).length > 0,

    /** Whether there is anything to bring in line here. Throws `DatabaseOwner` for a login that no clone can be made of. */
    async concerns(pair: { base: string; clone: string }): Promise<boolean> {
      const [base] = await ask<User>(USER_OF_LOGIN, pair.base);
      if (base?.name === "dbo") throw ownsDatabase(pair.base, where);
      return base !== undefined || (await ask<User>(USER_OF_LOGIN, pair.clone)).length > 0;
    },

    guard: () => guard(wire, where),

    /** Brings the users of two logins in line; a user of the clone's where the base has none is taken away. */
    async alignLogins(pair: { base: string; clone: string }): Promise<Changes> {
      const [base] = await ask<User>(USER_OF_LOGIN, pair.base);
      const [clone] = await ask<User>(USER_OF_LOGIN, pair.clone);
      if (!base) {
        if (clone) await run(statement`DROP USER ${id(clone.name)}`);
        return { granted: [], revoked: clone ? [`${where}: user ${clone.name}`] : [], left: [] };
      }
      if (base.name === "dbo") throw ownsDatabase(pair.base, where);
      if (clone) return align(base, clone);
      await run(statement`CREATE USER ${id(pair.clone)} FOR LOGIN ${id(pair.clone)}`);
      const changes = await align(base, { name: pair.clone, defaultSchema: null });
      return { ...changes, granted: [`${where}: user ${pair.clone}`, ...changes.granted] };
    },
  };
}

export function ownsDatabase(base: string, where: string): KeyturnError {
  return refusal(
    "UnsupportedError",
    "DatabaseOwner",
    `${JSON.stringify(base)} owns the database ${JSON.stringify(where)}, which no clone can. Give it to another: ` +
      `ALTER AUTHORIZATION ON DATABASE::${bracketed(where)} TO …; or tag the secret keyturn:strategy = single-user.`,
  );
}
