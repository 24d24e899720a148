import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";

import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { localCertificate } from "../../src/local/postgres/tls.js";
import { tied } from "./child.js";
import { bookworm, freePort, unpacked } from "./debian.js";

/** As they are in Debian; no service is installed and no root is needed: they are unpacked into a cache folder. */
const PACKAGES = ["mariadb-server-core", "mariadb-common", "libmariadb3", "libaio1", "liburing2", "mysql-common"];

export interface MariadbServer {
  readonly host: string;
  readonly port: number;
  readonly superuserPassword: string;
  readonly caFile: string;
  readonly generalLog: string;
  stop(): Promise<void>;
}

/**
 * Starts Debian's MariaDB on 127.0.0.1, with TLS, and with no login but this one. `tlsFolder`: where a certificate is kept for
 * more than one server. Throws, with the reason, where Debian's packages cannot be had.
 */
export async function startMariadb({ tlsFolder }: { readonly tlsFolder?: string } = {}): Promise<MariadbServer> {
  const superuserPassword = randomBytes(18).toString("base64url");
  const home = await unpacked("mariadb", bookworm(PACKAGES));
  const folder = mkdtempSync(join(tmpdir(), "keyturn-mariadb-"));
  const data = join(folder, "data");
  await mkdir(data);
  const { certFile, keyFile } = await localCertificate(tlsFolder ?? join(folder, "tls"));
  const library = { LD_LIBRARY_PATH: join(home, "usr/lib/x86_64-linux-gnu") };
  const mariadbd = join(home, "usr/sbin/mariadbd");
  const common = [
    "--no-defaults",
    `--datadir=${data}`,
    // Its own: a server that starts takes away what others have there.
    `--tmpdir=${folder}`,
    `--lc-messages-dir=${join(home, "usr/share/mysql")}`,
    // Nothing has to survive a crash of the machine, and a disk that is busy is not waited for.
    "--debug-no-sync",
    "--innodb-log-file-size=8M",
    ...(process.getuid?.() === 0 ? ["--user=root"] : []),
  ];

  try {
    await bootstrap(mariadbd, common, library, join(home, "usr/share/mysql"), superuserPassword);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const port = await freePort();
  const generalLog = join(folder, "general.log");
  const errorLog = join(folder, "error.log");
  const log = openSync(errorLog, "a");
  const server = spawn(
    mariadbd,
    [
      ...common,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${join(folder, "socket")}`,
      `--pid-file=${join(folder, "pid")}`,
      `--ssl-cert=${certFile}`,
      `--ssl-key=${keyFile}`,
      "--general-log=1",
      `--general-log-file=${generalLog}`,
      "--innodb-flush-log-at-trx-commit=0",
      "--skip-log-bin",
      "--skip-name-resolve",
    ],
    // In a session of its own, so that Ctrl-C reaches us and not the server: we stop it when we are done.
    { env: { ...process.env, ...library }, stdio: ["ignore", log, log], detached: true },
  );
  const stop = tied(server, folder);
  for (let waited = 0; !readFileSync(errorLog, "utf8").includes("ready for connections"); waited += 50) {
    if (server.exitCode !== null || waited > 30_000)
      throw new Error(`MariaDB did not start:\n${readFileSync(errorLog, "utf8").slice(-2_000)}`);
    await sleep(50);
  }
  return {
    host: "127.0.0.1",
    port,
    superuserPassword,
    caFile: certFile,
    generalLog,
    stop,
  };
}

async function bootstrap(
  mariadbd: string,
  common: readonly string[],
  library: Record<string, string>,
  share: string,
  password: string,
): Promise<void> {
  const files = [
    "mysql_system_tables.sql",
    "mysql_performance_tables.sql",
    "mysql_system_tables_data.sql",
    "maria_add_gis_sp_bootstrap.sql",
    "mysql_sys_schema.sql",
  ];
  const sql = [
    "CREATE DATABASE mysql;",
    "USE mysql;",
    ...files.map((file) => readFileSync(join(share, file), "utf8")),
    "FLUSH PRIVILEGES;",
    `CREATE USER superuser@'%' IDENTIFIED BY '${password.replaceAll("'", "''")}';`,
    "GRANT ALL ON *.* TO superuser@'%' WITH GRANT OPTION;",
    "DELETE FROM mysql.global_priv WHERE User IN ('', 'root');",
    "CREATE DATABASE shop;",
    "",
  ].join("\n");
  const child = spawn(mariadbd, [...common, "--bootstrap"], {
    env: { ...process.env, ...library },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  child.stdin.on("error", () => undefined);
  child.stdin.end(sql);
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`MariaDB's bootstrap failed:\n${output.slice(-2_000)}`);
}
