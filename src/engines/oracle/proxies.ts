import type { Wire } from "./connect.js";
import { quoteName } from "./quote.js";
import type { Right } from "./rights.js";
import { isAdministrative, userOf } from "./users.js";

interface Row {
  readonly proxy: string;
  readonly client: string;
  readonly authentication: string;
  readonly authority: string;
  readonly role: string | null;
}

/**
 * Only who has ALTER USER, an administrator, lets one user log in on behalf of another, and neither of the two may. So a
 * third user's consent to the base is an administrator's, and extends to the clone, which is the same application; but for
 * administrators' own users, which an admin never changes: there a person says it of the clone, too.
 *
 * Who may log in on behalf of the user, and on whose behalf the user may. A row for each role that a pair names.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/DBA_PROXIES.html,
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/ALTER-USER.html (proxy_clause)
 */
export async function proxiesOf(wire: Wire, name: string, clone: string): Promise<Right[]> {
  const rows = await wire.query<Row>(
    'SELECT PROXY AS "proxy", CLIENT AS "client", AUTHENTICATION AS "authentication", ' +
      'AUTHORIZATION_CONSTRAINT AS "authority", ROLE AS "role" FROM SYS.DBA_PROXIES ' +
      "WHERE (PROXY = :name OR CLIENT = :name) AND PROXY_AUTHORITY = 'DATABASE' ORDER BY PROXY, CLIENT, ROLE",
    { name },
  );
  const pairs = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.proxy, row.client]);
    pairs.set(key, [...(pairs.get(key) ?? []), row]);
  }
  const found: Right[] = [];
  for (const of of pairs.values()) {
    const [first] = of as [Row, ...Row[]];
    const client = quoteName(first.client === name ? clone : first.client);
    const proxy = quoteName(first.proxy === name ? clone : first.proxy);
    const clause = `CONNECT THROUGH ${proxy}`;
    const options = rolesOf(of) + (first.authentication === "YES" ? " AUTHENTICATION REQUIRED" : "");
    const third = first.client === name ? undefined : await userOf(wire, first.client);
    const isAnothers = third !== undefined && (await isAdministrative(wire, third));
    found.push({
      text: `${clause}${options} FOR ${client}`,
      give: `ALTER USER ${client} GRANT ${clause}${options}`,
      ...(isAnothers ? { ofAnother: true as const } : { take: `ALTER USER ${client} REVOKE ${clause}` }),
    });
  }
  return found;
}

function rolesOf(rows: readonly Row[]): string {
  const names = rows.flatMap(({ role }) => (role === null ? [] : [quoteName(role)])).join(", ");
  switch (rows[0]?.authority) {
    case "PROXY MAY ACTIVATE ALL CLIENT ROLES":
      return "";
    case "NO CLIENT ROLES MAY BE ACTIVATED":
      return " WITH NO ROLES";
    case "PROXY MAY ACTIVATE ROLE":
      return ` WITH ROLE ${names}`;
    case "PROXY MAY NOT ACTIVATE ROLE":
      return ` WITH ROLE ALL EXCEPT ${names}`;
    default:
      throw new Error(`The server says of a proxy ${JSON.stringify(rows[0]?.authority)}.`);
  }
}
