import { spawn } from "node:child_process";
import { chown, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tied } from "./child.js";
import { bookworm, freePort, unpacked } from "./debian.js";

/** Starts Debian's PgBouncer on 127.0.0.1, without TLS, in front of a server, letting in the users of this list. */
export async function startPgbouncer(
  server: { host: string; port: number },
  users: ReadonlyArray<{ username: string; password: string }>,
  settings = "",
): Promise<{ port: number; stop(): Promise<void> }> {
  const home = await unpacked("pgbouncer", bookworm(["pgbouncer", "libevent-2.1-7", "libc-ares2"]));
  const folder = await mkdtemp(join(tmpdir(), "keyturn-pgbouncer-"));
  // Root's pooler runs as nobody; the list has passwords in it, so the folder stays closed to all others.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(folder, 65_534, 65_534);
  const port = await freePort();
  const list = users.map(({ username, password }) => `"${username}" "${password}"`);
  await writeFile(join(folder, "users.txt"), `${list.join("\n")}\n`);
  const config = join(folder, "pgbouncer.ini");
  await writeFile(
    config,
    `[databases]
* = host=${server.host} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, "users.txt")}
pool_mode = transaction
server_tls_sslmode = require
${settings}
`,
  );
  const asRoot = isRoot ? ["-u", "nobody"] : [];
  const pooler = spawn(join(home, "usr/sbin/pgbouncer"), [...asRoot, config], {
    env: { ...process.env, LD_LIBRARY_PATH: join(home, "usr/lib/x86_64-linux-gnu") },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stop = tied(pooler, folder, "SIGKILL");
  let said = "";
  for await (const chunk of pooler.stderr) {
    said += chunk;
    if (said.includes("process up")) break;
  }
  if (!said.includes("process up")) throw new Error(`PgBouncer did not start:\n${said}`);
  return {
    port,
    stop,
  };
}
