import { join } from "node:path";
import { KeyturnError } from "../errors.js";
import { readPrivateFile } from "../local/disk/private-file.js";
import { rootKey } from "../local/gateway/access-keys.js";
import type { ClientConfig, CommonOptions, Host } from "./host.js";

/** The stack's outputs: serverless.yml has them. */
export interface Outputs {
  readonly RotateSecretArn: string;
  readonly CheckSecretArn: string;
  readonly RetireSecretArn: string;
  readonly RotateFleetArn: string;
  readonly RotationFunctionArn: string;
  readonly BusName: string;
  readonly RequestBusName: string;
  readonly TableName: string;
  readonly TopicArn: string;
}

/** A client is loaded when it is asked for: the SDK takes longer to load than most commands to run. */
const CLIENTS = {
  secrets: async (config: ClientConfig) =>
    new (await import("@aws-sdk/client-secrets-manager")).SecretsManagerClient(config),
  dynamodb: async (config: ClientConfig) => new (await import("@aws-sdk/client-dynamodb")).DynamoDBClient(config),
  states: async (config: ClientConfig) => new (await import("@aws-sdk/client-sfn")).SFNClient(config),
  events: async (config: ClientConfig) => new (await import("@aws-sdk/client-eventbridge")).EventBridgeClient(config),
  scheduler: async (config: ClientConfig) => new (await import("@aws-sdk/client-scheduler")).SchedulerClient(config),
  rds: async (config: ClientConfig) => new (await import("@aws-sdk/client-rds")).RDSClient(config),
  ec2: async (config: ClientConfig) => new (await import("@aws-sdk/client-ec2")).EC2Client(config),
  keys: async (config: ClientConfig) => new (await import("@aws-sdk/client-kms")).KMSClient(config),
  sts: async (config: ClientConfig) => new (await import("@aws-sdk/client-sts")).STSClient(config),
  lambda: async (config: ClientConfig) => new (await import("@aws-sdk/client-lambda")).LambdaClient(config),
  stacks: async (config: ClientConfig) =>
    new (await import("@aws-sdk/client-cloudformation")).CloudFormationClient(config),
} as const;

type Clients = { readonly [Name in keyof typeof CLIENTS]: () => ReturnType<(typeof CLIENTS)[Name]> };

/** A deployment of Keyturn, with the credentials of whoever runs the command. */
export interface Deployment extends Clients {
  readonly stage: string;
  /** What serverless.yml calls the stack. */
  readonly stackName: string;
  /** Throws `NotDeployed` where there is no such stack. */
  outputs(): Promise<Outputs>;
  /** For a client that is none of these. */
  readonly clientConfig: ClientConfig;
  /** Authorities that vouch for databases' certificates, beside Node's own; PEM. */
  readonly caFile: string | undefined;
  close(): void;
}

export function deployment(host: Host, options: CommonOptions): Deployment {
  const { stage } = options;
  const stackName = `keyturn-${stage}`;
  const opened: Array<Promise<{ destroy(): void }>> = [];
  const clientConfig = once(
    () => host.clientConfig ?? (options.local ? embedded(host, options) : elsewhere(host, options)),
  );
  const clients = Object.fromEntries(
    Object.entries(CLIENTS).map(([name, open]) => [
      name,
      once(() => {
        const client = open(clientConfig());
        opened.push(client);
        return client;
      }),
    ]),
  ) as unknown as Clients;
  return {
    ...clients,
    stage,
    stackName,
    get clientConfig() {
      return clientConfig();
    },
    get caFile() {
      return host.env.KEYTURN_CA_FILE ?? (options.local ? caFileOfEmbedded(host, options) : undefined);
    },
    outputs: once(() => readOutputs(clients, stackName)),
    close() {
      for (const client of opened)
        client.then(
          (one) => one.destroy(),
          () => undefined,
        );
    },
  };
}

function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

async function readOutputs({ stacks }: Clients, stackName: string): Promise<Outputs> {
  const { DescribeStacksCommand } = await import("@aws-sdk/client-cloudformation");
  const { Stacks = [] } = await (await stacks()).send(new DescribeStacksCommand({ StackName: stackName }));
  const found = (Stacks[0]?.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]);
  return Object.fromEntries(found) as unknown as Outputs;
}

/** As the aws command line finds it; of the region, both variables count. */
function elsewhere({ env }: Host, { region, profile }: CommonOptions): ClientConfig {
  const place = region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  return { ...(place ? { region: place } : {}), ...(profile ? { profile } : {}) };
}

/** As `npm run local` keeps it: its key and, while it is up, its URL. Both are their owner's alone. */
function embedded(
  { env, cwd }: Pick<Host, "env" | "cwd">,
  options: CommonOptions,
): Required<Omit<ClientConfig, "profile">> {
  const { region, folder } = placeOfEmbedded({ env, cwd }, options);
  const endpoint = readPrivateFile(join(folder, "endpoint"), "The embedded cloud's address")?.toString("utf8").trim();
  if (endpoint) return { region, endpoint, credentials: rootKey(join(folder, "credentials")) };
  throw new KeyturnError("TransientError", {
    code: "NoEmbeddedCloud",
    message:
      `No embedded cloud of ${region} is up, as far as ${folder} shows. Start one in another terminal: npx keyturn local. ` +
      "Where it has been told another folder, KEYTURN_LOCAL names that, and AWS_REGION its region.",
  });
}

/** Each region has data of its own. */
function placeOfEmbedded({ env, cwd }: Pick<Host, "env" | "cwd">, options: CommonOptions) {
  const region = options.region ?? (env.AWS_REGION || "eu-central-1");
  return { region, folder: join(cwd, env.KEYTURN_LOCAL ?? ".keyturn/local", region, "cloud") };
}

/** Of the PostgreSQL beside it, whose certificate is made there. */
function caFileOfEmbedded(host: Host, options: CommonOptions): string | undefined {
  const { folder } = placeOfEmbedded(host, options);
  return readPrivateFile(join(folder, "ca-file"), "The name of the certificates' file")?.toString("utf8").trim();
}
