import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { openSync, writeFileSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../stage/servers/debian.js";
import { endsWithUs } from "./group.js";

const PROGRAM = fileURLToPath(new URL("emulator.py", import.meta.url));

export const ACCOUNT = "123456789012";
export const REGION = "eu-central-1";

export interface Emulator {
  readonly endpoint: string;
  /** For the SDK's clients. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** For programs: endpoint, region and credentials, and nobody else's. */
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  /** Emptied first. */
  readonly folder: string;
  readonly python: string;
  /** What the functions run on. */
  readonly node: string;
  /** PEM file with the databases' authority. */
  readonly caFile: string;
}

/**
 * Starts MiniStack on 127.0.0.1, with the functions held to their roles. It and the functions' processes are one group,
 * which ends with this process, however that ends.
 */
export async function startEmulator({ folder, python, node, caFile }: EmulatorOptions): Promise<Emulator> {
  await rm(folder, { recursive: true, force: true });
  for (const name of ["bin", "tmp"]) await mkdir(join(folder, name), { recursive: true });
  // Functions run in there: nothing above them says that they are modules, as this repository does.
  writeFileSync(join(folder, "tmp", "package.json"), "{}");
  standInForLambda(join(folder, "bin"), node, caFile);

  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: "AKIAPROVER", secretAccessKey: randomBytes(18).toString("hex") };
  const keys = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
  const logFile = join(folder, "emulator.log");
  const log = openSync(logFile, "a", 0o600);
  const { HOME, LANG } = process.env;
  const child = spawn(python, [PROGRAM], {
    cwd: folder,
    detached: true,
    // It ends when this pipe does.
    stdio: ["pipe", log, log],
    env: {
      ...{ HOME, LANG, ...keys, PATH: `${join(folder, "bin")}:${process.env.PATH}`, TMPDIR: join(folder, "tmp") },
      ...{ AUTH: "true", BIND_HOST: "127.0.0.1", GATEWAY_PORT: String(port), IOT_MTLS_ENABLED: "0", SFTP_ENABLED: "0" },
      ...{ MINISTACK_REGION: REGION, MINISTACK_ACCOUNT_ID: ACCOUNT, PYTHONDONTWRITEBYTECODE: "1" },
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
  });
  const ended = once(child, "exit");
  const end = endsWithUs(child);
  async function stop(): Promise<void> {
    end();
    await ended;
    await rm(join(folder, "tmp"), { recursive: true, force: true, maxRetries: 5 });
  }
  try {
    await answering(endpoint, () => child.exitCode !== null);
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${(await readFile(logFile, "utf8")).slice(-2_000)}`);
  }
  const region = { AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION };
  return {
    endpoint,
    clientConfig: { endpoint, region: REGION, credentials },
    env: { ...withoutAws(process.env), ...keys, ...region, AWS_ENDPOINT_URL: endpoint },
    logFile,
    stop,
  };
}

/** The first `node` in the emulator's path: Lambda's carries Amazon's authorities in a file that is not here. */
function standInForLambda(bin: string, node: string, caFile: string): void {
  writeFileSync(join(bin, "node"), `#!/bin/sh\nNODE_EXTRA_CA_CERTS='${caFile}' exec '${node}' "$@"\n`, { mode: 0o755 });
}

async function answering(endpoint: string, hasEnded: () => boolean): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 200) {
    if (hasEnded()) throw new Error("MiniStack has ended before it answered.");
    const up = await fetch(`${endpoint}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await sleep(200);
  }
  throw new Error("MiniStack did not answer within a minute.");
}

function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS|KEYTURN)_/.test(name)));
}
