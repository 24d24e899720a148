import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Login } from "../../stage/postgres-tools.js";
import type { Emulator } from "./emulator.js";

/** A server, and what is asked of it directly. */
export interface Server {
  readonly engine: string;
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  createLogin(): Promise<Login>;
  /** Makes an admin that may manage these users, and no superuser. */
  createAdmin(username: string): Promise<Login>;
  letsIn(login: Login): Promise<boolean>;
}

/** A secret of an application's, with its login on a server. */
export interface Actor {
  readonly name: string;
  readonly arn: string;
  readonly server: Server;
  current(): Promise<Login>;
  versionOf(label: string): Promise<string | undefined>;
  tag(tags: Readonly<Record<string, string>>): Promise<void>;
}

export type Cast = ReturnType<typeof castFor>;

/** The stage that secrets are cast for unless another is said. */
export const STAGE = "dev";

/** `passwords`: gets each that is used. */
export function castFor({ clientConfig }: Pick<Emulator, "clientConfig">, passwords: Set<string>) {
  const secrets = new SecretsManagerClient(clientConfig);

  async function store(name: string, value: object, tags: Readonly<Record<string, string>>): Promise<string> {
    const { ARN = "" } = await secrets.send(
      new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(value), Tags: listed(tags) }),
    );
    return ARN;
  }

  /** Makes a login and its secret, with an admin where the strategy needs one. */
  return async function cast(
    server: Server,
    name: string,
    { stage = STAGE, admin, tags = {} }: { stage?: string; admin: boolean; tags?: Readonly<Record<string, string>> },
  ): Promise<Actor> {
    const { engine, host, port, dbname } = server;
    const about = { engine, host, port, dbname };
    const used = (login: Login) => {
      passwords.add(login.password);
      return login;
    };
    const login = used(await server.createLogin());
    const masterarn = admin
      ? await store(
          `admin/${name}`,
          { ...about, ...used(await server.createAdmin(login.username)) },
          { "keyturn:stage": stage, "keyturn:admin": name },
        )
      : undefined;
    const arn = await store(
      name,
      { ...about, ...login, ...(masterarn ? { masterarn } : {}) },
      { "keyturn:stage": stage, "keyturn:schedule": "nightly", ...tags },
    );
    return {
      ...{ name, arn, server },
      async current() {
        const { SecretString = "{}" } = await secrets.send(new GetSecretValueCommand({ SecretId: arn }));
        const { username, password } = JSON.parse(SecretString) as Login;
        return used({ username, password });
      },
      async versionOf(label) {
        const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: arn }));
        return Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes(label))?.[0];
      },
      async tag(more) {
        await secrets.send(new TagResourceCommand({ SecretId: arn, Tags: listed(more) }));
      },
    };
  };
}

function listed(tags: Readonly<Record<string, string>>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
