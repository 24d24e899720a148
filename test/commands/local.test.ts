import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { install } from "../../src/local/postgres/binaries.js";
import { findCluster, removePostgres } from "../../src/local/postgres/cluster.js";

let folder: string;
const running = new Set<Local>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-local-"));
});
afterEach(async () => {
  await Promise.all([...running].map((local) => local.end("SIGKILL")));
});
afterAll(async () => {
  for (const region of ["eu-central-1", "us-west-2"]) await removePostgres(join(folder, "data", region, "postgres"));
  await rm(folder, { recursive: true, force: true });
});

/** `npm run local` without npm, on data of its own and ports that are free. */
interface Local {
  /** What it has printed. */
  readonly text: () => string;
  /** Waits until it has printed that; throws where it ends without. */
  prints(text: string): Promise<void>;
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Secrets Manager, as the lines that it prints for other terminals say. */
  secrets(): SecretsManagerClient;
}

function local(environment: Readonly<Record<string, string>> = {}, more: readonly string[] = []): Local {
  const { AWS_REGION: _, ...env } = process.env;
  const args = ["--import", "tsx", "scripts/local.ts", "--data", join(folder, "data")];
  const child = spawn(process.execPath, [...args, "--port", "0", "--database-port", "0", ...more], {
    env: { ...env, NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  let listener: () => void = () => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      printed += chunk;
      listener();
    });
  }
  const heard = () => new Promise<void>((resolve) => (listener = resolve));
  const ended = once(child, "close").then(([code]) => code as number | null);
  const over = ended.then(() => "over");
  const one: Local = {
    text: () => printed,
    ended,
    async prints(text) {
      while (!printed.includes(text)) {
        if ((await Promise.race([heard(), over])) === "over")
          throw new Error(`It ended without "${text}":\n${printed}`);
      }
    },
    async end(signal) {
      child.kill(signal);
      return ended;
    },
    secrets() {
      const exported = Object.fromEntries(
        [...printed.matchAll(/\b(AWS_\w+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value]),
      );
      return new SecretsManagerClient({
        endpoint: exported.AWS_ENDPOINT_URL ?? "",
        region: exported.AWS_DEFAULT_REGION ?? "",
        credentials: {
          accessKeyId: exported.AWS_ACCESS_KEY_ID ?? "",
          secretAccessKey: exported.AWS_SECRET_ACCESS_KEY ?? "",
        },
      });
    },
  };
  running.add(one);
  void ended.then(() => running.delete(one));
  return one;
}

async function up(environment?: Readonly<Record<string, string>>, more?: readonly string[]): Promise<Local> {
  const one = local(environment, more);
  await one.prints("GetSecretValueCommand({ SecretId");
  return one;
}

describe("npm run local", () => {
  it("tells a second on the same data, which harms nothing, and starts again after it was killed, its secrets deleted", async () => {
    const first = await up();
    const second = local();
    expect(await second.ended).toBe(1);
    expect(second.text()).toMatch(
      /is already running on the data in .*Stop it first\. Or choose another folder with --data/,
    );
    const before = first.secrets();
    await before.send(new GetSecretValueCommand({ SecretId: "shop/orders" }));
    await before.send(new DeleteSecretCommand({ SecretId: "shop/orders", ForceDeleteWithoutRecovery: true }));
    await before.send(new DeleteSecretCommand({ SecretId: "shop/admin", RecoveryWindowInDays: 7 }));
    await first.end("SIGKILL");

    const again = await up();
    const after = again.secrets();
    const admin = await after.send(new DescribeSecretCommand({ SecretId: "shop/admin" }));
    expect(admin.DeletedDate).toBeUndefined();
    const { SecretString = "" } = await after.send(new GetSecretValueCommand({ SecretId: "shop/orders" }));
    expect(JSON.parse(SecretString)).toMatchObject({ username: "orders", masterarn: admin.ARN });

    // And it notices that its PostgreSQL dies.
    const { data } = await install(join(folder, "data", "eu-central-1", "postgres"));
    process.kill(Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0]), "SIGKILL");
    expect(await again.ended).toBe(1);
    expect(again.text()).toContain("PostgreSQL has ended by itself (SIGKILL).");
  });

  it("takes AWS_REGION, ends when it is interrupted at its start, and then starts", async () => {
    const interrupted = local({ AWS_REGION: "us-west-2" });
    await interrupted.prints("starts PostgreSQL");
    const code = await interrupted.end("SIGINT");
    // It may have been up by then.
    expect(code).toBe(interrupted.text().includes("is up") ? 0 : 130);

    const again = await up({ AWS_REGION: "us-west-2" });
    const { ARN } = await again.secrets().send(new DescribeSecretCommand({ SecretId: "shop/orders" }));
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-west-2:/);
    expect(await again.end("SIGINT")).toBe(0);
    expect(again.text()).toMatch(
      /--state-machine-arn arn:aws:states:us-west-2:\d+:stateMachine:keyturn-dev-check-secret /,
    );
    const data = join(folder, "data", "us-west-2");
    const kept = await findCluster(join(data, "postgres"));
    expect(again.text()).toContain(`Stopped; the data is kept in ${data}, PostgreSQL's in ${kept.folder}.`);
  });

  it("does not start on half of what it kept, and says what to do", async () => {
    const data = join(folder, "data", "us-west-2");
    const kept = await findCluster(join(data, "postgres"));
    expect(kept.isThere).toBe(true);
    // As where it stands under the temporary folder, and the system has cleared that.
    await removePostgres(join(data, "postgres"));
    const half = local({ AWS_REGION: "us-west-2" });
    expect(await half.ended).toBe(1);
    expect(half.text()).toContain(`is gone from ${kept.folder}. Begin anew with --fresh`);
    expect(half.text()).not.toContain("the data is kept");
    const fresh = await up({ AWS_REGION: "us-west-2" }, ["--fresh"]);
    expect(await fresh.end("SIGINT")).toBe(0);

    await rm(join(data, "superuser"));
    const locked = local({ AWS_REGION: "us-west-2" });
    expect(await locked.ended).toBe(1);
    expect(locked.text()).toContain(`its superuser's password is gone from ${data}. Begin anew with --fresh`);
  });

  it("refuses a region that is none", async () => {
    const refused = local({ AWS_REGION: "Frankfurt" });
    expect(await refused.ended).toBe(2);
    expect(refused.text()).toContain("AWS_REGION: Frankfurt is no region");
  });
});
