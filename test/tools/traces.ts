import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { useCloud } from "./cloud.js";
import { asSuperuser } from "./postgres.js";

/** Everything that a rotation of these secrets and logins would leave a trace in. */
export async function traces(
  keyturn: ReturnType<typeof useCloud>,
  secrets: readonly string[],
  users: readonly string[],
) {
  const TableName = keyturn.cloud.resource("Table").ref;
  const { Items = [] } = await new DynamoDBClient(keyturn.cloud.clientConfig).send(new ScanCommand({ TableName }));
  const roles = await asSuperuser((client) =>
    client.query(
      `SELECT a.rolname, a.rolpassword, a.rolvaliduntil, a.rolcanlogin, r.rolconfig
         FROM pg_authid a JOIN pg_roles r USING (oid) ORDER BY 1`,
    ),
  );
  return {
    table: Items.map((item) => JSON.stringify(item)).sort(),
    labels: await Promise.all(secrets.map(keyturn.labels)),
    roles: roles.rows.filter(({ rolname }) => users.some((user) => rolname.startsWith(user))),
  };
}
