import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { createConnection } from "mysql2/promise";
import { localCertificate } from "../../src/local/tls.js";
import { freePort, sid, unpacked } from "./debian.js";
import type { MariadbServer } from "./mariadb.js";

/** Starts the MySQL of Debian's unstable release on 127.0.0.1, with TLS. Throws, with the reason, where it cannot be had. */
export async function startMysql(
  superuserPassword = "the superuser's password",
): Promise<MariadbServer & { version: string }> {
  const home = await unpacked("mysql", sid("mysql-server-core"));
  const libraries = join(home, "usr/lib/x86_64-linux-gnu");
  const loader = join(libraries, "ld-linux-x86-64.so.2");
  const folder = mkdtempSync(join(tmpdir(), "keyturn-mysql-"));
  const { certFile, keyFile } = await localCertificate(join(folder, "tls"));
  const errorLog = join(folder, "error.log");
  const generalLog = join(folder, "general.log");
  const common = [
    ...["--library-path", libraries, join(home, "usr/sbin/mysqld"), "--no-defaults"],
    ...[
      `--datadir=${join(folder, "data")}`,
      `--basedir=${join(home, "usr")}`,
      `--lc-messages-dir=${join(home, "usr/share/mysql")}`,
    ],
    ...[
      "--secure-file-priv=NULL",
      "--mysqlx=OFF",
      "--skip-log-bin",
      ...(process.getuid?.() === 0 ? ["--user=root"] : []),
    ],
  ];
  await promisify(execFile)(loader, [...common, "--initialize-insecure"]);
  const port = await freePort();
  const log = openSync(errorLog, "a");
  const server = spawn(
    loader,
    [
      ...common,
      ...[
        `--port=${port}`,
        "--bind-address=127.0.0.1",
        `--socket=${join(folder, "socket")}`,
        `--pid-file=${join(folder, "pid")}`,
      ],
      ...[
        `--ssl-cert=${certFile}`,
        `--ssl-key=${keyFile}`,
        `--ssl-ca=${certFile}`,
        "--general-log=1",
        `--general-log-file=${generalLog}`,
      ],
    ],
    { stdio: ["ignore", log, log] },
  );
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  for (let waited = 0; !/ready for connections.*port: \d/.test(readFileSync(errorLog, "utf8")); waited += 50) {
    if (server.exitCode !== null || waited > 60_000)
      throw new Error(`MySQL did not start:\n${readFileSync(errorLog, "utf8").slice(-2_000)}`);
    await sleep(50);
  }
  const root = await createConnection({ socketPath: join(folder, "socket"), user: "root", multipleStatements: true });
  await root.query(
    `CREATE USER superuser@'%' IDENTIFIED BY ${root.escape(superuserPassword)}; GRANT ALL ON *.* TO superuser@'%' WITH GRANT OPTION; CREATE DATABASE shop`,
  );
  const [[{ version }]] = (await root.query("SELECT VERSION() AS version")) as unknown as [[{ version: string }]];
  await root.end();
  return {
    host: "127.0.0.1",
    port,
    superuserPassword,
    caFile: certFile,
    generalLog,
    version,
    async stop() {
      process.off("exit", kill);
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
