import type { Account, Wire } from "../mysql-wire/connect.js";
import type { Dialect } from "../mysql-wire/dialect.js";
import { type Grant, quoteRole, type Role } from "../mysql-wire/grant.js";
import { alignGrants, shownGrants } from "../mysql-wire/grants.js";
import { isMarked } from "../mysql-wire/marks.js";
import { baseNamed } from "../mysql-wire/pair.js";
import { isText, quoteAccount } from "../mysql-wire/quote.js";
import { grantedIn, holds } from "../mysql-wire/rights.js";
import { unknownPassword } from "../unknown-password.js";
import { accountsOf, setPassword } from "./accounts.js";
import { definitionOf } from "./definition.js";

/** One for all pairs: names are too short here for a role of each, and whose clone a login is its own name says. */
const CLONE: Role = { name: "keyturn_clone", host: "%" };
const RETIRED: Role = { name: "keyturn_retired", host: "%" };
/** Of accounts that are one login from several hosts. */
const HOSTS: Role = { name: "keyturn_hosts", host: "%" };
const MARKS = [CLONE, RETIRED, HOSTS].map(({ name }) => name);

export function dialect(wire: Wire): Dialect {
  const { connection, query } = wire;
  const self: Dialect = {
    sentAs: "masked",
    accountsOf: (user) => accountsOf(wire, user),
    areOneLogin: (accounts) => isMarked(self, HOSTS, accounts),
    howToJoin: (user) =>
      `CREATE ROLE IF NOT EXISTS ${HOSTS.name}; GRANT ${HOSTS.name} TO each account of ${JSON.stringify(user)}.`,
    setLock: (accounts, { password, locked }) =>
      setPassword(wire, accounts, password, locked ? " ACCOUNT LOCK" : " ACCOUNT UNLOCK"),

    async align(base, clone) {
      const name = quoteAccount(connection, clone);
      const { plugin, defaultRole, options } = await definitionOf(wire, base, MARKS);
      // Made and marked in one statement, or a clone without its mark could be left behind.
      if (!(await isMarked(self, CLONE, [clone]))) {
        await query(`CREATE ROLE IF NOT EXISTS ${quoteRole(CLONE)}`);
        await query(
          `CREATE USER ${name} IDENTIFIED WITH ${connection.escape(plugin)} BY ${connection.escape(unknownPassword())} DEFAULT ROLE ${quoteRole(CLONE)}`,
        );
      }
      await query(`ALTER USER ${name} ${options}`);
      const changes = await alignGrants(wire, base, clone, MARKS);
      await query(`ALTER USER ${name} DEFAULT ROLE ${defaultRole}`);
      return changes;
    },

    cloneMark: () => CLONE,
    retiredMark: () => RETIRED,
    async mayMarkBy({ name, host }) {
      const own = await self.ownGrants();
      const rights = own.flatMap(grantedIn);
      const everyRole = ["ROLE_ADMIN", "SUPER"].some((right) => holds(rights, right, { database: "*", object: "*" }));
      return (
        everyRole ||
        own.some((one) => one.kind === "role" && one.admin && one.role.name === name && one.role.host === host)
      );
    },
    async hostsWith({ name, host = "%" }, user) {
      const rows = await query<{ host: string }>(
        `SELECT TO_HOST AS host FROM mysql.role_edges WHERE ${isText(connection, "TO_USER", user)} AND WITH_ADMIN_OPTION = 'N'
            AND ${isText(connection, "FROM_USER", name)} AND ${isText(connection, "FROM_HOST", host)}`,
      );
      return rows.map((row) => row.host);
    },

    grantsOf: (account) => allGrants(wire, quoteAccount(connection, account)),
    /** https://dev.mysql.com/doc/refman/8.4/en/show-grants.html */
    async ownGrants() {
      const [{ roles = "NONE" } = {}] = await query<{ roles: string }>("SELECT CURRENT_ROLE() AS roles");
      return shownGrants(wire, `FOR CURRENT_USER()${roles === "NONE" ? "" : ` USING ${roles}`}`);
    },

    howToMark: (base) =>
      `CREATE ROLE IF NOT EXISTS ${CLONE.name}; GRANT ${CLONE.name} TO each account of ${JSON.stringify(`${base}_clone`)}.`,
    howToPermit: (admin) =>
      `GRANT CREATE USER ON *.* TO ${admin}; GRANT SELECT ON mysql.* TO ${admin}; ` +
      `CREATE ROLE IF NOT EXISTS ${CLONE.name}, ${RETIRED.name}; GRANT ${CLONE.name}, ${RETIRED.name} TO ${admin} WITH ADMIN OPTION;`,
  };
  return self;
}

/** Of all its roles too, in use or not. `whose`: an account as SQL. */
export async function allGrants(wire: Wire, whose: string): Promise<Grant[]> {
  const grants = await shownGrants(wire, `FOR ${whose}`);
  const roles = grants.flatMap((grant) => (grant.kind === "role" ? [quoteRole(grant.role)] : []));
  return roles.length === 0 ? grants : shownGrants(wire, `FOR ${whose} USING ${roles.join(", ")}`);
}

/** The base that the server says the session's login is the clone of. */
export async function baseOf(wire: Wire, { user }: Account): Promise<string | undefined> {
  const base = baseNamed(user);
  if (base === undefined) return undefined;
  const grants = await shownGrants(wire, "FOR CURRENT_USER()");
  const isClone = grants.some(
    (grant) =>
      grant.kind === "role" && !grant.admin && grant.role.name === CLONE.name && grant.role.host === CLONE.host,
  );
  return isClone ? base : undefined;
}
