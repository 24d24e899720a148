import { KeyturnError } from "../../errors.js";
import type { DatabaseServer, ManagedServers } from "../../rotation/ports.js";
import { type AwsErrorRow, fromAws } from "../errors.js";

/**
 * The servers whose admin secret AWS manages: RDS, Aurora and DocumentDB, Redshift, Redshift Serverless. Such a secret
 * holds a user name and a password only; its tags say whose it is.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html,
 * https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-secrets-manager-integration.html
 */
export function managedServers(): ManagedServers {
  return {
    async ofTags(tags) {
      const found = KINDS.find(({ tag }) => tags[tag] !== undefined);
      if (!found) {
        throw new KeyturnError("InvalidSecretError", {
          code: "MissingKey",
          message:
            'The admin secret (masterarn) has no "host" and is none that RDS, DocumentDB or Redshift manages. ' +
            "Store engine, host, username and password in it.",
        });
      }
      const arn = tags[found.tag] as string;
      const doing = `Looking up the server ${arn} of the admin secret`;
      const server = await found.find(arn).catch((error: unknown) => {
        throw fromAws(error, doing, TABLE);
      });
      if (server) return server;
      throw new KeyturnError(GONE[0], { code: GONE[1], message: `${doing}: ${GONE[2]}` });
    },
  };
}

interface Kind {
  readonly tag: string;
  find(arn: string): Promise<DatabaseServer | undefined>;
}

/** Each client is loaded when it is first needed. */
const KINDS: readonly Kind[] = [
  { tag: "aws:rds:primaryDBInstanceArn", find: async (arn) => (await import("./rds.js")).instance(arn) },
  { tag: "aws:rds:primaryDBClusterArn", find: async (arn) => (await import("./rds.js")).cluster(arn) },
  { tag: "aws:redshift:primaryClusterArn", find: async (arn) => (await import("./redshift.js")).cluster(arn) },
  {
    tag: "aws:redshift-serverless:namespaceArn",
    find: async (arn) => (await import("./redshift-serverless.js")).namespace(arn),
  },
];

const GONE: AwsErrorRow = [
  "InvalidSecretError",
  "ManagedServerGone",
  'it is not there, or has no end point. Name another admin secret in "masterarn".',
];

const TABLE: Readonly<Record<string, AwsErrorRow>> = {
  DBInstanceNotFound: GONE,
  DBInstanceNotFoundFault: GONE,
  DBClusterNotFoundFault: GONE,
  ClusterNotFound: GONE,
  ClusterNotFoundFault: GONE,
  AccessDenied: ["AccessDeniedError", "AccessDenied", "the function's role may not. Deploy again."],
};
