import { SUFFIX } from "../logins.js";
import { alignGrants, shownGrants } from "../mysql-wire/align.js";
import type { Wire } from "../mysql-wire/connect.js";
import type { Dialect } from "../mysql-wire/dialect.js";
import { quoteRole } from "../mysql-wire/grant-statements.js";
import { marksOf } from "../mysql-wire/marks.js";
import { isText, quoteAccount } from "../mysql-wire/quote.js";
import { unknownPassword } from "../unknown-password.js";
import { definitionOf, isOfPassword } from "./definition.js";
import { withRoles } from "./granted-rights.js";
import { markOf, secondMarkOf } from "./marks.js";
import { setPassword, withPassword } from "./passwords.js";
import { accountsOf } from "./users.js";

export function dialect(wire: Wire): Dialect {
  const { connection, query, account: admin } = wire;
  const self: Dialect = {
    sentAs: "verifier",
    accountsOf: (user) => accountsOf(wire, user),
    /** The same password has the same hash here, and no password none. */
    async areOneLogin(accounts) {
      const hashes: string[] = [];
      for (const account of accounts) {
        const { ways } = await definitionOf(wire, account);
        hashes.push(
          JSON.stringify(
            ways
              .filter(isOfPassword)
              .map(({ using }) => using)
              .sort(),
          ),
        );
      }
      return hashes.every((one) => one === hashes[0] && /\w/.test(one));
    },
    howToJoin: () => "set the same password for each of them once, as a person.",
    setLock: (accounts, { password, locked }) =>
      setPassword(wire, accounts, [password], locked ? " ACCOUNT LOCK" : " ACCOUNT UNLOCK"),

    // Made and marked in one statement, or a clone without its mark could be left behind.
    async make(base, clone) {
      const { ways } = await definitionOf(wire, base);
      const making = self.makingMark(base.user);
      await query(`CREATE ROLE IF NOT EXISTS ${quoteRole(making)}`);
      const nobodys = withPassword(connection, ways, unknownPassword());
      await query(`GRANT ${quoteRole(making)} TO ${quoteAccount(connection, clone)} IDENTIFIED VIA ${nobodys}`);
    },
    async align(base, clone, { made }) {
      const { options } = await definitionOf(wire, base);
      await query(`ALTER USER ${quoteAccount(connection, clone)} ${options || "REQUIRE NONE"}`);
      return alignGrants(wire, self, { base, clone, made, marks: marksOf(self, base.user) });
    },

    cloneMark: markOf,
    makingMark: (base) => secondMarkOf(base, "making"),
    baseMark: markOf,
    retiredMark: (base) => secondMarkOf(base, "retired"),
    async mayMarkBy({ name }) {
      const made = await query(`SELECT 1 FROM mysql.user WHERE ${isText(connection, "User", name)} AND is_role = 'Y'`);
      const own = await self.ownGrants();
      return made.length === 0 || own.some((one) => one.kind === "role" && one.admin && one.role.name === name);
    },
    async hostsWith({ name }, user) {
      const rows = await query<{ host: string }>(
        `SELECT Host AS host FROM mysql.roles_mapping WHERE ${isText(connection, "User", user)}
            AND ${isText(connection, "Role", name)} AND Admin_option = 'N'`,
      );
      return rows.map(({ host }) => host);
    },

    /** What everybody has the server shows with what the session itself has. */
    async grantsOf(account) {
      const everyones = (await shownGrants(wire)).filter((grant) => "everyones" in grant);
      return withRoles(wire, [...everyones, ...(await shownGrants(wire, `FOR ${quoteAccount(connection, account)}`))]);
    },
    /** Those of the role in use among them. https://mariadb.com/kb/en/show-grants/ */
    ownGrants: () => shownGrants(wire),

    // Not even root grants a role that another made.
    howToMark: (base) =>
      `as ${quoteAccount(connection, admin)}, CREATE ROLE IF NOT EXISTS ${quoteRole(markOf(base))}; GRANT ${quoteRole(markOf(base))} ` +
      `TO each account of ${JSON.stringify(base)} and of ${JSON.stringify(base + SUFFIX)}.`,
    howToPermit: (name) =>
      `GRANT CREATE USER ON *.* TO ${name}; GRANT SELECT ON mysql.* TO ${name}; for each role that the users have, as one ` +
      `who may: GRANT the role TO ${name} WITH ADMIN OPTION;`,
  };
  return self;
}
