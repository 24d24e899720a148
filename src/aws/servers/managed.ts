import { KeyturnError } from "../../errors.js";
import { accountOf } from "../../rotation/accounts.js";
import type { DatabaseServer, ManagedServers } from "../../rotation/ports.js";
import { type AwsErrorRow, fromAws } from "../errors.js";
import { PATIENCE, type ServerConfig } from "./patience.js";

/**
 * The servers whose admin secret AWS manages: RDS, Aurora and DocumentDB, Redshift, Redshift Serverless. Such a secret
 * holds a user name and a password only; its tags say whose it is. `configFor`: what the clients for a secret's account have
 * besides.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html,
 * https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-secrets-manager-integration.html
 */
export function managedServers(configFor: (secretArn: string) => ServerConfig = () => ({})): ManagedServers {
  return {
    async ofTags(secretArn, tags) {
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
      if (accountOf(arn) !== accountOf(secretArn)) throw gone(doing);
      const server = await found.find(arn, { ...PATIENCE, ...configFor(secretArn) }).catch((error: unknown) => {
        throw withWay(fromAws(error, doing, TABLE), doing, found.service);
      });
      if (server) return server;
      throw gone(doing);
    },
  };
}

function gone(doing: string): KeyturnError {
  return new KeyturnError(GONE[0], { code: GONE[1], message: `${doing}: ${GONE[2]}` });
}

interface Kind {
  readonly tag: string;
  /** As end points name it: `com.amazonaws.REGION.rds`. https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html */
  readonly service: string;
  find(arn: string, config: ServerConfig): Promise<DatabaseServer | undefined>;
}

/** Each client is loaded when it is first needed. */
const KINDS: readonly Kind[] = [
  {
    tag: "aws:rds:primaryDBInstanceArn",
    service: "rds",
    find: async (arn, config) => (await import("./rds.js")).instance(arn, config),
  },
  {
    tag: "aws:rds:primaryDBClusterArn",
    service: "rds",
    find: async (arn, config) => (await import("./rds.js")).cluster(arn, config),
  },
  {
    tag: "aws:redshift:primaryClusterArn",
    service: "redshift",
    find: async (arn, config) => (await import("./redshift.js")).cluster(arn, config),
  },
  {
    tag: "aws:redshift-serverless:namespaceArn",
    service: "redshift-serverless",
    find: async (arn, config) => (await import("./redshift-serverless.js")).namespace(arn, config),
  },
];

/** Says, where nothing answered, what a function in a VPC needs. */
function withWay(error: KeyturnError, doing: string, service: string): KeyturnError {
  const { name, code, cause } = error;
  if (code !== "Unreachable") return error;
  return new KeyturnError(name, {
    code,
    message:
      `${doing}: AWS gave no answer. From a VPC that takes an interface end point for ${service}, or NAT: see "network" in ` +
      "keyturn.yml. It is tried again by itself.",
    ...(cause ? { cause } : {}),
  });
}

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
