import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { listSecrets } from "../../src/aws/list-secrets.js";
import { asSuperuser, letsIn } from "../../stage/actors.js";
import { freshName, type Login } from "../../stage/postgres-tools.js";
import { storeFirstVersion } from "../../stage/store-secret.js";
import type { FleetArena } from "./arena.js";
import { atOnce } from "./at-once.js";
import type { Runner } from "./runner-process.js";

/** A secret of a schedule, as it was made. */
export interface Stocked {
  readonly arn: string;
  readonly firstVersion: string;
}

/** Of what is looked at and stored here: the fleets have their own. */
const WIDTH = 8;

/** Of the users that one statement makes. */
const USERS = 100;

const PASSWORD = "a-first-password-of-some-length";

/**
 * Makes users of the database's, and a secret of the schedule for each. `portOf`: where the how many-th says that its database is.
 */
export async function stock(
  { place }: Runner,
  { database, interrupted }: FleetArena,
  schedule: string,
  count: number,
  portOf: (index: number) => number = () => database.port,
): Promise<Stocked[]> {
  const client = new SecretsManagerClient(place.clientConfig);
  const users = Array.from({ length: count }, () => freshName());
  await asSuperuser(database, async (superuser) => {
    for (let made = 0; made < count; made += USERS) {
      const some = users.slice(made, made + USERS);
      await superuser.query(some.map((user) => `CREATE ROLE ${user} LOGIN PASSWORD '${PASSWORD}'`).join("; "));
    }
  });
  return atOnce(users, WIDTH, async (username, index) => {
    interrupted.throwIfAborted();
    const { arn, versionId } = await storeFirstVersion(client, {
      name: `${schedule}/${username}`,
      value: {
        engine: "postgres",
        host: database.host,
        port: portOf(index),
        dbname: "postgres",
        username,
        password: PASSWORD,
      },
      tags: { "keyturn:schedule": schedule },
    });
    return { arn, firstVersion: versionId };
  });
}

/** What became of a secret. */
export interface Found extends Stocked {
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly isRotated: boolean;
  readonly isRotatedTwice: boolean;
  /** Whether the database refuses what is under AWSCURRENT. */
  readonly isRefused: boolean;
}

/** Looks at each, in Secrets Manager and in the database itself. */
export async function lookAt(
  { place }: Runner,
  { database, interrupted }: FleetArena,
  secrets: readonly Stocked[],
): Promise<Found[]> {
  const client = new SecretsManagerClient(place.clientConfig);
  return atOnce(secrets, WIDTH, async (secret) => {
    interrupted.throwIfAborted();
    const labels = await labelsOf(client, secret);
    const on = (label: string) => Object.keys(labels).find((id) => labels[id]?.includes(label));
    const isRotated = on("AWSCURRENT") !== secret.firstVersion;
    const { SecretString = "{}" } = await client.send(new GetSecretValueCommand({ SecretId: secret.arn }));
    return {
      ...secret,
      labels,
      isRotated,
      isRotatedTwice: isRotated && on("AWSPREVIOUS") !== secret.firstVersion,
      isRefused: !(await letsIn(database, JSON.parse(SecretString) as Login)),
    };
  });
}

/** The labels of each, by version. */
export function labelsOfAll({ place }: Runner, secrets: readonly Stocked[]): Promise<Array<Found["labels"]>> {
  const client = new SecretsManagerClient(place.clientConfig);
  return atOnce(secrets, WIDTH, (secret) => labelsOf(client, secret));
}

async function labelsOf(client: SecretsManagerClient, { arn }: Stocked): Promise<Found["labels"]> {
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: arn }));
  return VersionIdsToStages;
}

/** The secrets in the order in which a run takes them up. */
export async function asListed({ place }: Runner, secrets: readonly Stocked[]): Promise<Stocked[]> {
  const list = listSecrets(new SecretsManagerClient(place.clientConfig));
  const known = new Map(secrets.map((secret) => [secret.arn, secret]));
  const found: Stocked[] = [];
  for (let token: string | undefined = ""; token !== undefined; ) {
    const page: Awaited<ReturnType<typeof list>> = await list(token || undefined);
    found.push(...page.secrets.flatMap(({ arn }) => known.get(arn) ?? []));
    token = page.nextToken;
  }
  return found;
}
