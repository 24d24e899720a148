import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { asSuperuser } from "../../stage/actors.js";
import { freshName } from "../../stage/postgres-tools.js";
import type { Stage } from "../../stage/stage.js";
import { storeSecret } from "../../stage/store-secret.js";

/** Makes users of the database's, and a secret of the schedule for each. */
export async function storeRotatable(
  { database, cloud }: Stage,
  schedule: string,
  count: number,
  interrupted: AbortSignal,
): Promise<void> {
  const client = new SecretsManagerClient(cloud.clientConfig);
  const password = "a-first-password-of-some-length";
  const { host, port } = database;
  await asSuperuser(database, async (superuser) => {
    for (let made = 0; made < count; made += 1) {
      interrupted.throwIfAborted();
      const username = freshName();
      await superuser.query(`CREATE ROLE ${username} LOGIN PASSWORD '${password}'`);
      await storeSecret(client, {
        name: `${schedule}/${username}`,
        value: { engine: "postgres", host, port, dbname: "postgres", username, password },
        tags: { "keyturn:schedule": schedule },
      });
    }
  });
}
