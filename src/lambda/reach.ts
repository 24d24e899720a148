import { managedServers } from "../aws/servers/managed.js";
import type { Reach } from "../rotation/ports.js";
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
    servers: managedServers(),
    databases: databases(process.env.KEYTURN_CA_FILE),
    rules: rules(),
  };
}
