import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { install } from "../../src/local/postgres/binaries.js";
import { removePostgres } from "../../src/local/postgres/cluster.js";
import { type PostgresServer, startPostgres } from "../../src/local/postgres/server.js";
import { setStage } from "../../stage/stage.js";

const ROOT = process.getuid?.() === 0;
/** Of no user and no server. */
const STRANGER = { uid: 54_321, gid: 54_321 };
/** As which root runs PostgreSQL. */
const NOBODY = { uid: 65_534, gid: 65_534 };

if (!ROOT) console.error("SKIPPED what other users may do: only root can act as another user here.");

/** Whether a shell of that user succeeds in it. */
const can = (user: object, script: string, ...args: string[]) =>
  spawnSync("sh", ["-c", script, "sh", ...args], { ...user, stdio: "ignore" }).status === 0;

let folder: string;
let temporary: string;
const { TMPDIR } = process.env;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-folders-"));
  // A temporary folder as every machine has it, and not the one that other tests are using.
  chmodSync(folder, 0o711);
  temporary = join(folder, "tmp");
  mkdirSync(temporary);
  chmodSync(temporary, 0o1777);
  process.env.TMPDIR = temporary;
});
afterEach(async () => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  await rm(folder, { recursive: true, force: true });
});

/** The names that can be known beforehand, today's and yesterday's. */
function knownNames(dataDir: string): string[] {
  const hash = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  return [`keyturn-${process.getuid?.()}`, `keyturn-data-${hash}`, "keyturn-postgres-18.4"];
}

describe("the folder of a checkout", () => {
  it("is made for its owner alone, with those above it, whoever its server runs as", async () => {
    const keyturn = join(folder, ".keyturn");
    await install(join(keyturn, "demo", "postgres"));
    for (const made of [keyturn, join(keyturn, "demo")]) expect(statSync(made).mode & 0o777).toBe(0o700);
  });

  it("is refused, with what it holds, where others may write into it", async () => {
    const keyturn = join(folder, ".keyturn");
    mkdirSync(keyturn);
    chmodSync(keyturn, 0o777);
    await expect(setStage({ dataDir: join(keyturn, "demo") })).rejects.toThrow(/\.keyturn may be written by others/);
    expect(readdirSync(keyturn)).toEqual([]);
  });
});

describe.skipIf(!ROOT)("a folder of a known name under the temporary folder, planted before the first start", () => {
  /** Data and programs where root's server may not pass, so that they must stand elsewhere. */
  const hidden = () => {
    const above = join(folder, "hidden");
    mkdirSync(above, { mode: 0o700 });
    mkdirSync(join(above, "programs", "bin"), { recursive: true });
    writeFileSync(join(above, "programs", "bin", "postgres"), "#!/bin/sh\n", { mode: 0o755 });
    return [join(above, "postgres"), { root: join(above, "programs"), bin: "bin", version: "18.4" }] as const;
  };

  it("as a link gives nothing of root's away", async () => {
    const victim = join(folder, "victim");
    mkdirSync(victim, { mode: 0o700 });
    const [dataDir, programs] = hidden();
    for (const name of knownNames(dataDir)) symlinkSync(victim, join(temporary, name));
    await expect(install(dataDir, programs)).rejects.toThrow(/is a symbolic link/);
    expect(statSync(victim)).toMatchObject({ uid: 0, gid: 0 });
  });

  it("with programs in it has none of them run", async () => {
    const [dataDir, programs] = hidden();
    for (const name of knownNames(dataDir)) {
      for (const bin of [join(temporary, name, "bin"), join(temporary, name, "postgres-18.4", "bin")]) {
        mkdirSync(bin, { recursive: true });
        writeFileSync(join(bin, "postgres"), "#!/bin/sh\n", { mode: 0o755 });
      }
      spawnSync("chown", ["-R", `${STRANGER.uid}`, join(temporary, name)]);
    }
    await expect(install(dataDir, programs)).rejects.toThrow(/belongs to user 54321/);
  });

  it("of root's own, but open to all, is not used", async () => {
    const [dataDir, programs] = hidden();
    for (const name of knownNames(dataDir)) {
      mkdirSync(join(temporary, name));
      chmodSync(join(temporary, name), 0o777);
    }
    await expect(install(dataDir, programs)).rejects.toThrow(/may be written by others/);
  });

  it("is not needed: without it the server starts", async () => {
    const [dataDir, programs] = hidden();
    const { postgres, dataDir: used } = await install(dataDir, programs);
    expect(postgres.startsWith(join(temporary, "keyturn-0", "/"))).toBe(true);
    expect(used.startsWith(join(temporary, "keyturn-0", "/"))).toBe(true);
    expect(can(NOBODY, 'test -x "$1"', postgres)).toBe(true);
    for (const user of [NOBODY, STRANGER]) {
      expect(can(user, 'ls "$1"', join(temporary, "keyturn-0"))).toBe(false);
      expect(can(user, 'touch "$1/x"', dirname(dirname(postgres)))).toBe(false);
    }
  });

  it("a temporary folder in which anybody may replace anything is not used", async () => {
    const [dataDir, programs] = hidden();
    chmodSync(temporary, 0o777);
    await expect(install(dataDir, programs)).rejects.toThrow(/anybody may replace/);
  });
});

describe.skipIf(!ROOT)("the server's own user, whose superuser may write files", () => {
  let dataDir: string;
  let server: PostgresServer;
  const options = () => ({ dataDir, superuserPassword: "only-here-superuser" });

  beforeEach(async () => {
    dataDir = join(folder, "server");
    server = await startPostgres(options());
  });
  afterEach(async () => {
    await server.stop();
    await removePostgres(dataDir);
  });

  it("has root write into no file that it chose", async () => {
    const victim = join(folder, "victim");
    writeFileSync(victim, "untouched", { mode: 0o600 });
    const home = dirname(server.logFile);
    expect(can(NOBODY, 'touch "$1/data/mine"', home)).toBe(true);
    for (const file of ["postgres.log", "tls/server.key", "tls/server.crt", "password", "new"])
      can(NOBODY, 'ln -sfn "$1" "$2"', victim, join(home, file));
    await server.stop();
    server = await startPostgres(options());
    expect(readFileSync(victim, "utf8")).toBe("untouched");
    expect(statSync(victim).uid).toBe(0);
    expect(existsSync(join(home, "new"))).toBe(false);
  });

  it("and nobody else reads the log, which has statements in it, or the key", () => {
    expect(can(STRANGER, 'cat "$1"', server.logFile)).toBe(false);
    expect(can(NOBODY, 'cat "$1"', server.logFile)).toBe(false);
    const key = join(dirname(server.caFile ?? ""), "server.key");
    expect(can(STRANGER, 'cat "$1"', key)).toBe(false);
    expect(can(STRANGER, 'ls "$1"', join(dirname(server.logFile), "data"))).toBe(false);
  });

  it("leads a removal nowhere else", async () => {
    const victim = join(folder, "kept");
    mkdirSync(victim);
    writeFileSync(join(victim, "file"), "");
    chownSync(victim, NOBODY.uid, NOBODY.gid);
    expect(can(NOBODY, 'ln -s "$1" "$2/data/link"', victim, dirname(server.logFile))).toBe(true);
    await server.stop();
    await removePostgres(dataDir);
    expect(existsSync(join(victim, "file"))).toBe(true);
    expect(existsSync(dirname(server.logFile))).toBe(false);
  });
});
