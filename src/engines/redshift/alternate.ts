import type { Client } from "pg";
import type { AlternateReport, Pair } from "../engine.js";
import { NO_CHANGES, reported } from "../pairs.js";
import { inTransaction } from "../postgres-wire/transactions.js";
import { unknownPassword } from "../unknown-password.js";
import { align } from "./align.js";
import { check } from "./checks.js";
import { mark, markerOf } from "./marks.js";
import { setPassword } from "./passwords.js";
import { permitted } from "./permitted.js";
import { NEW_USER } from "./users.js";

/**
 * Makes the next of the pair ready, in one transaction. The clone is brought in line each time, given and taken.
 * `transaction`: whether it takes effect.
 */
export async function alternate(
  client: Client,
  admin: string,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
  transaction = inTransaction,
): Promise<AlternateReport> {
  return permitted(admin, pair.next, () =>
    transaction(client, async () => {
      const mayMake = pair.next === pair.clone && grants === "sync";
      const { base, clone } = await check(client, admin, pair, { mayMake });
      if (!clone) {
        const nobodys = client.escapeLiteral(unknownPassword());
        await client.query(`CREATE USER ${client.escapeIdentifier(pair.clone)} PASSWORD ${nobodys}`);
        await mark(client, pair, base.groups);
      }
      const changes = mayMake
        ? await align(client, pair, base, clone ?? { ...NEW_USER, groups: [markerOf(pair.base)] })
        : NO_CHANGES;
      const report = await setPassword(client, pair.next, password);
      return { created: !clone, ...reported(changes), ...report };
    }),
  );
}

/** Lets nobody in by a password as one of the pair. https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_USER.html */
export async function retire(client: Client, admin: string, pair: Pair): Promise<void> {
  await permitted(admin, pair.next, () =>
    inTransaction(client, async () => {
      await check(client, admin, pair, { mayMake: false });
      await client.query(`ALTER USER ${client.escapeIdentifier(pair.next)} PASSWORD DISABLE`);
    }),
  );
}
