import { managedServers } from "../aws/servers/managed.js";
import { accountOf, isElsewhere } from "../rotation/accounts.js";
import type { Reach } from "../rotation/ports.js";
import { clientIn } from "./account-client.js";
import { databases } from "./databases.js";
import { rules } from "./rules.js";
import { secrets } from "./secrets.js";

/**
 * What a phase reaches, made once for each Lambda environment. `KEYTURN_CA_FILE`: authorities to trust besides. In a file
 * of its own, because a function loads whole files: a phase loads no client for DynamoDB.
 */
export function reach(): Reach {
  return {
    secrets: secrets(),
    servers: managedServers(serversOf),
    databases: databases(process.env.KEYTURN_CA_FILE),
    rules: rules(),
  };
}

/** Servers of another account are looked up by the role that reads its secrets. */
function serversOf(secretArn: string) {
  const { accounts } = rules();
  return accounts && isElsewhere(secretArn, { accounts })
    ? { credentials: clientIn(accountOf(secretArn) as string, accounts).config.credentials }
    : {};
}
