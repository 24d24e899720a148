import { spawn } from "node:child_process";
import { once } from "node:events";

const COMPOSE = ["compose", "--file", "test/compose.yml"];
const SERVERS = {
  MSSQL_URL: "mssql://sa:Keyturn-t3st.only@127.0.0.1:21433/master?ssl=false",
  ORACLE_URL: "oracle://system:Keyturn-t3st.only@127.0.0.1:21521/FREEPDB1?ssl=false",
  MONGODB_URL: "mongodb://root:Keyturn-t3st.only@127.0.0.1:27117/admin?ssl=false",
};

export interface DockerServers {
  /** Variables for the tests, of servers that nobody named already. */
  readonly env: Readonly<Record<string, string>>;
  /** Why there are none. */
  readonly reason?: string;
  stop(): Promise<void>;
}

/** Starts the servers of `test/compose.yml` where Docker answers, and waits until they take logins. */
export async function startDockerServers(): Promise<DockerServers> {
  const stop = async () => void (await docker(...COMPOSE, "down", "--volumes"));
  if (!(await docker("info"))) return { env: {}, reason: "Docker does not answer here.", stop: async () => undefined };
  if (await docker(...COMPOSE, "up", "--detach", "--wait")) return { env: { ...SERVERS, ...named() }, stop };
  await stop();
  return { env: {}, reason: "Docker could not start test/compose.yml.", stop: async () => undefined };
}

const named = () =>
  Object.fromEntries(Object.keys(SERVERS).flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));

async function docker(...args: string[]): Promise<boolean> {
  const quiet = args[0] === "info";
  const child = spawn("docker", args, { stdio: ["ignore", quiet ? "ignore" : 2, quiet ? "ignore" : 2] });
  const [code] = await Promise.race([once(child, "exit"), once(child, "error").then(() => [1])]);
  return code === 0;
}
