import {
  databasesAmong,
  type FoundDatabase,
  type FoundNetwork,
  type FoundSecret,
  findDatabases,
  findNetworks,
  findSecrets,
} from "../../aws/surroundings.js";
import type { Ask } from "../ask.js";
import type { Work } from "../command.js";
import { failureOf } from "../failure.js";
import { plain, table } from "../style.js";

/** What an account shows of itself, and what it did not. */
export interface Found {
  readonly databases: readonly FoundDatabase[];
  readonly networks: readonly FoundNetwork[];
  readonly secrets: readonly FoundSecret[];
  /** Sentences: what could not be found out, and why. */
  readonly unknown: readonly string[];
}

/** Looks around with the rights of whoever asks; what he may not see is said, and stops nothing. Values are read with `ask`'s consent only. */
export async function lookAround(work: Work<unknown>, ask: Ask | undefined): Promise<Found> {
  const { deployment, host, options } = work;
  const unknown: string[] = [];
  async function or<Result>(what: string, none: Result, look: () => Promise<Result>): Promise<Result> {
    host.interrupted.throwIfAborted();
    try {
      return await look();
    } catch (error) {
      unknown.push(`${what}: ${failureOf(error, host, options).message}`);
      return none;
    }
  }
  work.progress(work.style.dim("Looks for databases, their network, and secrets that look like theirs …"));
  // The embedded cloud has no network.
  const databases = options.local
    ? []
    : await or<readonly FoundDatabase[]>("The databases of RDS", [], async () => findDatabases(await deployment.rds()));
  const networks =
    databases.length === 0
      ? []
      : await or<readonly FoundNetwork[]>("The network of the databases", [], async () =>
          findNetworks(await deployment.ec2(), databases),
        );
  const nothing = { found: [], others: [], more: false } as const;
  const { found, others, more } = await or<Awaited<ReturnType<typeof findSecrets>>>("The secrets", nothing, async () =>
    findSecrets(await deployment.secrets()),
  );
  if (more) unknown.push("There are more secrets than the first 10,000, which were looked at.");
  const read =
    ask && others.length > 0 && (await consents(ask, others.length))
      ? await or<readonly FoundSecret[]>("The values of secrets", [], async () =>
          databasesAmong(await deployment.secrets(), others),
        )
      : [];
  for (const { vpcId, reachesSecretsManager, securityGroupIds } of networks) {
    if (!reachesSecretsManager)
      unknown.push(
        `${vpcId} shows no end point of Secrets Manager and no NAT gateway: functions there may not reach it.`,
      );
    if (securityGroupIds.length === 0)
      unknown.push(`${vpcId}: the security groups of its databases let no other group in. Make one for the functions.`);
  }
  return { databases, networks, secrets: [...found, ...read], unknown };
}

function consents(ask: Ask, count: number): Promise<boolean> {
  return ask.yes({
    message: `Read the values of ${count} other secrets, to see which are databases'? None is shown or kept.`,
    initial: false,
  });
}

/** As a person reads it, at most so many secrets. */
export function shown({ databases, networks, secrets }: Found, most = 20): string {
  const names = [...new Set(databases.map(({ name, engine }) => `${name} (${engine})`))];
  const rows = secrets
    .slice(0, most)
    .map(({ name, by, rotatedBy }) => [
      `  ${plain(name)}`,
      `by ${by}`,
      rotatedBy ? `rotated by ${plain(nameOf(rotatedBy))}` : "",
    ]);
  return [
    `Databases: ${plain(names.join(", ")) || "none that RDS shows"}`,
    `Networks:  ${networks.map(({ vpcId, databases: there }) => `${vpcId} (${there.length})`).join(", ") || "none"}`,
    `Secrets that look like databases': ${secrets.length || "none"}`,
    ...(rows.length > 0 ? [table(rows)] : []),
    ...(secrets.length > most ? [`  … and ${secrets.length - most} more`] : []),
  ].join("\n");
}

function nameOf(functionArn: string): string {
  return functionArn.split(":").at(6) ?? functionArn;
}
