import type { Dialect } from "../mysql-wire/alternate.js";
import type { Account, Wire } from "../mysql-wire/connect.js";
import { alignGrants, rowsOf } from "../mysql-wire/grants.js";
import { quoteAccount } from "../mysql-wire/quote.js";
import { unknownPassword } from "../unknown-password.js";
import { accountsOf, definitionOf, setPassword } from "./accounts.js";

/** Whose clone a login is stands in the account's attributes: a name that ends in `_clone` says nothing. */
export function dialect(wire: Wire): Dialect {
  const { connection, query } = wire;
  return {
    sentAs: "masked",
    accountsOf: (user) => accountsOf(wire, user),
    setPassword: (accounts, password) => setPassword(wire, accounts, password, " ACCOUNT UNLOCK"),

    async align(base, clone) {
      const name = quoteAccount(connection, clone);
      const { plugin, defaultRole, options } = await definitionOf(wire, base);
      const attribute = connection.escape(attributeFor(base.user));
      await query(
        `CREATE USER IF NOT EXISTS ${name} IDENTIFIED WITH ${connection.escape(plugin)} BY ${connection.escape(unknownPassword())} ATTRIBUTE ${attribute}`,
      );
      await query(`ALTER USER ${name} ${options} ATTRIBUTE ${attribute}`);
      const changes = await alignGrants(wire, base, clone);
      await query(`ALTER USER ${name} DEFAULT ROLE ${defaultRole}`);
      return changes;
    },

    async isMarked({ base, clone }) {
      const rows = await query(
        `SELECT 1 FROM information_schema.USER_ATTRIBUTES
          WHERE USER = ${connection.escape(clone)} AND ATTRIBUTE->>'$.keyturn.cloneOf' = ${connection.escape(base)}`,
      );
      return rows.length > 0;
    },

    /** https://dev.mysql.com/doc/refman/8.4/en/show-grants.html */
    async ownGrants() {
      const [{ roles = "NONE" } = {}] = await query<{ roles: string }>("SELECT CURRENT_ROLE() AS roles");
      const using = roles === "NONE" ? "" : ` USING ${roles}`;
      return rowsOf(await query(`SHOW GRANTS FOR CURRENT_USER()${using}`));
    },

    howToMark: (base) => `ALTER USER that account ATTRIBUTE '${attributeFor(base)}'.`,
    howToPermit: (admin) => `GRANT CREATE USER, ROLE_ADMIN ON *.* TO ${admin}; GRANT SELECT ON mysql.* TO ${admin};`,
  };
}

/** The base that the server says a login is the clone of. */
export async function baseOf({ query, connection }: Wire, { user, host }: Account): Promise<string | undefined> {
  const rows = await query<{ base: string | null }>(
    `SELECT ATTRIBUTE->>'$.keyturn.cloneOf' AS base FROM information_schema.USER_ATTRIBUTES
      WHERE USER = ${connection.escape(user)} AND HOST = ${connection.escape(host)}`,
  );
  return rows[0]?.base ?? undefined;
}

function attributeFor(base: string): string {
  return JSON.stringify({ keyturn: { cloneOf: base } });
}
