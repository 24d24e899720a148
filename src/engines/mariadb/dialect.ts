import type { Dialect } from "../mysql-wire/alternate.js";
import type { Wire } from "../mysql-wire/connect.js";
import { alignGrants, rowsOf } from "../mysql-wire/grants.js";
import { SUFFIX } from "../mysql-wire/pair.js";
import { quoteAccount } from "../mysql-wire/quote.js";
import { unknownPassword } from "../unknown-password.js";
import { accountsOf, definitionOf, setPassword, withPassword } from "./accounts.js";

/**
 * A role without a right, made for one pair and granted to its clone: MariaDB has no other place to say that a login is
 * the clone of another, and a name alone says nothing.
 */
function markerOf(base: string): string {
  return `keyturn_${base}`;
}

export function dialect(wire: Wire): Dialect {
  const { connection, query } = wire;
  const isMarked = async (base: string, clone: string, host?: string) => {
    const rows = await query(
      `SELECT 1 FROM mysql.roles_mapping WHERE User = ${connection.escape(clone)} AND Role = ${connection.escape(markerOf(base))}` +
        (host === undefined ? "" : ` AND Host = ${connection.escape(host)}`),
    );
    return rows.length > 0;
  };
  return {
    sentAs: "verifier",
    accountsOf: (user) => accountsOf(wire, user),
    setPassword: (accounts, password) => setPassword(wire, accounts, [password], " ACCOUNT UNLOCK"),

    async align(base, clone) {
      const name = quoteAccount(connection, clone);
      const marker = markerOf(base.user);
      const { methods, options } = await definitionOf(wire, base);
      await query(
        `CREATE USER IF NOT EXISTS ${name} IDENTIFIED VIA ${withPassword(methods, unknownPassword())} ${options}`,
      );
      await query(`ALTER USER ${name} ${options || "REQUIRE NONE"}`);
      if (!(await isMarked(base.user, clone.user, clone.host))) {
        await query(`CREATE ROLE IF NOT EXISTS ${connection.escape(marker)}`);
        await query(`GRANT ${connection.escape(marker)} TO ${name}`);
      }
      return alignGrants(wire, base, clone, marker);
    },

    isMarked: ({ base, clone }) => isMarked(base, clone),
    /** Those of the role in use among them. https://mariadb.com/kb/en/show-grants/ */
    ownGrants: async () => rowsOf(await query("SHOW GRANTS")),

    markerOf,

    howToMark: (base) => `CREATE ROLE '${markerOf(base)}', and grant it to that account.`,
    howToPermit: (admin) =>
      `GRANT CREATE USER ON *.* TO ${admin}; GRANT SELECT ON mysql.* TO ${admin} (and UPDATE, where users have default roles);`,
  };
}

/** The base that the server says the session's login is the clone of. */
export async function baseOf({ query, account: { user } }: Wire): Promise<string | undefined> {
  const base = user.endsWith(SUFFIX) ? user.slice(0, -SUFFIX.length) : undefined;
  if (base === undefined) return undefined;
  const roles = await query<{ role: string }>("SELECT ROLE_NAME AS role FROM information_schema.APPLICABLE_ROLES");
  return roles.some(({ role }) => role === markerOf(base)) ? base : undefined;
}
