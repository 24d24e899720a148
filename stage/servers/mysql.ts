import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { createConnection, escape as quoted } from "mysql2/promise";
import { localCertificate } from "../../src/local/postgres/tls.js";
import { tied } from "./child.js";
import { freePort, sid, unpacked } from "./debian.js";
import type { MariadbServer } from "./mariadb.js";

/** Starts the MySQL of Debian's unstable release on 127.0.0.1, with TLS. Throws, with the reason, where it cannot be had. */
export async function startMysql(
  superuserPassword = randomBytes(18).toString("base64url"),
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
      `--tmpdir=${folder}`,
      `--basedir=${join(home, "usr")}`,
      `--lc-messages-dir=${join(home, "usr/share/mysql")}`,
    ],
    ...[
      "--secure-file-priv=NULL",
      "--mysqlx=OFF",
      "--skip-log-bin",
      // Nothing has to survive a crash of the machine, and a disk that is busy is not waited for.
      "--innodb-flush-log-at-trx-commit=0",
      "--innodb-doublewrite=OFF",
      "--innodb-redo-log-capacity=8M",
      ...(process.getuid?.() === 0 ? ["--user=root"] : []),
    ],
  ];
  // Before the server listens, so that there is no moment in which root needs no password.
  const first = join(folder, "first.sql");
  await writeFile(
    first,
    [
      `ALTER USER root@localhost IDENTIFIED BY ${quoted(randomBytes(18).toString("base64url"))} ACCOUNT LOCK;`,
      `CREATE USER superuser@'%' IDENTIFIED BY ${quoted(superuserPassword)};`,
      "GRANT ALL ON *.* TO superuser@'%' WITH GRANT OPTION;",
      "CREATE DATABASE shop;",
      "",
    ].join("\n"),
    { mode: 0o600 },
  );
  await promisify(execFile)(loader, [...common, "--initialize-insecure", `--init-file=${first}`]);
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
  const stop = tied(server, folder);
  for (let waited = 0; !/ready for connections.*port: \d/.test(readFileSync(errorLog, "utf8")); waited += 50) {
    if (server.exitCode !== null || waited > 60_000)
      throw new Error(`MySQL did not start:\n${readFileSync(errorLog, "utf8").slice(-2_000)}`);
    await sleep(50);
  }
  const superuser = await createConnection({
    socketPath: join(folder, "socket"),
    user: "superuser",
    password: superuserPassword,
  });
  const [[{ version }]] = (await superuser.query("SELECT VERSION() AS version")) as unknown as [[{ version: string }]];
  await superuser.end();
  return {
    host: "127.0.0.1",
    port,
    superuserPassword,
    caFile: certFile,
    generalLog,
    version,
    stop,
  };
}
