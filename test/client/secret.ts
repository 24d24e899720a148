import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import type { useCloud } from "../tools/cloud.js";
import { freshName } from "../tools/postgres.js";
import { until } from "../tools/until.js";

/**
 * For a client that must get in: time stands still for it, so that a slow machine does not end its retries, and a reading
 * may take as long as a test.
 */
export const PATIENT = { clock: () => 0, readTimeoutMs: 120_000 };

type Keyturn = ReturnType<typeof useCloud>;

/** What tests of the client do to a secret and look at. */
export function secretTools(keyturn: Keyturn) {
  /** Of GetSecretValue, by anybody. */
  const reads = () => keyturn.cloud.calls().filter(({ operation }) => operation === "GetSecretValue").length;
  return {
    reads,
    /** Stores a new version, as a rotation's last phase does: it is current from now on. */
    async move(secretArn: string, value: object | string): Promise<void> {
      await keyturn.secrets().send(
        new PutSecretValueCommand({
          SecretId: secretArn,
          SecretString: typeof value === "string" ? value : JSON.stringify(value),
        }),
      );
    },
    /** Secrets Manager is gone until it is lifted. */
    outage: (kind: "fault" | "reset" | "hang" = "reset") =>
      keyturn.cloud.inject({ match: ({ operation }) => operation === "GetSecretValue", kind, when: "before" }),
    untilRead: (before: number) => until(() => reads() > before),
    stored: (fields: object = {}) =>
      keyturn.storeSecret({ engine: "postgres", host: "db", username: freshName(), password: "Pass-1", ...fields }, {}),
  };
}
