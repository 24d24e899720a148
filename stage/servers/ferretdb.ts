import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { MongoClient } from "mongodb";
import { localCertificate } from "../../src/local/postgres/tls.js";
import { tied } from "./child.js";
import { freePort } from "./debian.js";

const run = promisify(execFile);
const VERSION = "v1.24.0";
/** For each of download and build; a proxy out of reach may just say nothing. */
const PATIENCE_MS = 240_000;

export interface FerretdbServer {
  readonly host: string;
  readonly port: number;
  readonly version: string;
  readonly caFile: string;
  readonly superuser: { readonly username: string; readonly password: string };
  stop(): Promise<void>;
}

/**
 * Starts FerretDB, which speaks MongoDB's protocol, with SQLite behind it, on 127.0.0.1 with TLS. Built by Go from its
 * module, once. Throws, with the reason, where there is no Go or its proxy is out of reach.
 */
export async function startFerretdb(): Promise<FerretdbServer> {
  const program = await built();
  const folder = await mkdtemp(join(tmpdir(), "keyturn-ferretdb-"));
  await mkdir(join(folder, "data"));
  const { certFile, keyFile } = await localCertificate(join(folder, "tls"));
  const [port, plain] = [await freePort(), await freePort()];
  const superuser = { username: "superuser", password: randomBytes(18).toString("base64url") };
  const server = spawn(
    program,
    [
      "--handler=sqlite",
      "--sqlite-url=file:data/",
      `--listen-addr=127.0.0.1:${plain}`,
      `--listen-tls=127.0.0.1:${port}`,
      `--listen-tls-cert-file=${certFile}`,
      `--listen-tls-key-file=${keyFile}`,
      "--test-enable-new-auth",
      "--setup-database=admin",
      `--setup-username=${superuser.username}`,
      "--debug-addr=-",
      "--telemetry=disable",
      "--log-level=error",
    ],
    {
      cwd: folder,
      // Arguments are everybody's to see.
      env: { ...process.env, FERRETDB_SETUP_PASSWORD: superuser.password },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let said = "";
  server.stderr.on("data", (chunk) => (said += chunk));
  const stop = tied(server, folder);
  // Each try is short, and there are 300 of them.
  const address = `mongodb://127.0.0.1:${plain}/?directConnection=true&serverSelectionTimeoutMS=200`;
  for (let waited = 0; !(await answers(address)); waited += 50) {
    if (server.exitCode !== null || waited > 15_000) throw new Error(`FerretDB did not start:\n${said.slice(-2_000)}`);
    await sleep(50);
  }
  return {
    host: "127.0.0.1",
    port,
    version: VERSION.slice(1),
    caFile: certFile,
    superuser,
    stop,
  };
}

async function answers(address: string): Promise<boolean> {
  const client = new MongoClient(address);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

/** Its module lacks the file that its own build writes its version into, and it does not start without. */
async function built(): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "keyturn");
  const program = join(cache, `ferretdb-${VERSION}`);
  if (existsSync(program)) return program;
  const { stdout } = await run("go", ["mod", "download", "-json", `github.com/FerretDB/FerretDB@${VERSION}`], {
    timeout: PATIENCE_MS,
  });
  const source = join(cache, `ferretdb-${process.pid}`);
  await cp((JSON.parse(stdout) as { Dir: string }).Dir, source, { recursive: true });
  await run("chmod", ["-R", "u+w", source]);
  await writeFile(join(source, "build", "version", "version.txt"), VERSION);
  await run("go", ["build", "-o", `${source}-program`, "./cmd/ferretdb"], {
    cwd: source,
    maxBuffer: 2 ** 24,
    timeout: PATIENCE_MS,
  });
  await chmod(`${source}-program`, 0o755);
  await rename(`${source}-program`, program);
  await rm(source, { recursive: true });
  return program;
}
