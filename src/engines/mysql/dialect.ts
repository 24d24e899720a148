import { SUFFIX } from "../logins.js";
import { alignGrants, shownGrants } from "../mysql-wire/align.js";
import type { Wire } from "../mysql-wire/connect.js";
import type { Dialect } from "../mysql-wire/dialect.js";
import { quoteRole } from "../mysql-wire/grant-statements.js";
import { grantedIn, holds } from "../mysql-wire/held-rights.js";
import { isMarked, marksOf } from "../mysql-wire/marks.js";
import { isText, quoteAccount } from "../mysql-wire/quote.js";
import { unknownPassword } from "../unknown-password.js";
import { definitionOf, setDefaultRoles } from "./definition.js";
import { allGrants } from "./granted-rights.js";
import { BASE, CLONE, HOSTS, MAKING, RETIRED } from "./marks.js";
import { setPassword } from "./passwords.js";
import { accountsOf } from "./users.js";

/** What an admin hands on. */
const PAIRS = [BASE, CLONE, MAKING, RETIRED].map(({ name }) => name).join(", ");

export function dialect(wire: Wire): Dialect {
  const { connection, query } = wire;
  const marks = (base: string) => [...marksOf(self, base), HOSTS.name];
  const self: Dialect = {
    sentAs: "masked",
    accountsOf: (user) => accountsOf(wire, user),
    areOneLogin: (accounts) => isMarked(self, HOSTS, accounts),
    howToJoin: (user) =>
      `CREATE ROLE IF NOT EXISTS ${HOSTS.name}; GRANT ${HOSTS.name} TO each account of ${JSON.stringify(user)}.`,
    setLock: (accounts, { password, locked }) =>
      setPassword(wire, accounts, password, locked ? " ACCOUNT LOCK" : " ACCOUNT UNLOCK"),

    // Made and marked in one statement, or a clone without its mark could be left behind.
    async make(base, clone) {
      const { plugin } = await definitionOf(wire, base, marks(base.user));
      await query(`CREATE ROLE IF NOT EXISTS ${quoteRole(MAKING)}`);
      await query(
        `CREATE USER ${quoteAccount(connection, clone)} IDENTIFIED WITH ${connection.escape(plugin)} BY ${connection.escape(unknownPassword())} DEFAULT ROLE ${quoteRole(MAKING)}`,
      );
    },
    async align(base, clone, { made }) {
      const ours = marks(base.user);
      const { defaultRoles, options } = await definitionOf(wire, base, ours);
      await query(`ALTER USER ${quoteAccount(connection, clone)} ${options}`);
      const changes = await alignGrants(wire, self, { base, clone, made, marks: ours });
      const refused = await setDefaultRoles(wire, clone, defaultRoles);
      return { ...changes, left: [...changes.left, ...refused] };
    },

    cloneMark: () => CLONE,
    makingMark: () => MAKING,
    baseMark: () => BASE,
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
      `CREATE ROLE IF NOT EXISTS ${BASE.name}, ${CLONE.name}; GRANT ${BASE.name} TO each account of ${JSON.stringify(base)}; ` +
      `GRANT ${CLONE.name} TO each account of ${JSON.stringify(base + SUFFIX)}.`,
    howToPermit: (admin) =>
      `GRANT CREATE USER ON *.* TO ${admin}; GRANT SELECT ON mysql.* TO ${admin}; ` +
      `CREATE ROLE IF NOT EXISTS ${PAIRS}; GRANT ${PAIRS} TO ${admin} WITH ADMIN OPTION;`,
  };
  return self;
}
