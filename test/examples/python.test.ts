import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, inject, it } from "vitest";
import { privateFolder } from "../../src/local/disk/private-folder.js";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin } from "../tools/postgres.js";
import { start } from "./program.js";

const { host, port } = inject("postgres");
const keyturn = useCloud();

const packages = await installed().catch((error: Error) => error);
if (packages instanceof Error) {
  it.skip(`a Python program (optional: ${packages.message.split("\n")[0]})`, () => undefined);
} else {
  it("a Python program gets in while two users take turns", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn, host, port });
    const environment = { SECRET_ID: secret, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1" };
    const orders = start(keyturn, "python", ["python3", "orders.py"], environment);
    const first = await version(secret);
    await orders.said(`new: ${login.username} by version ${first}, open: ${login.username}`);

    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    const second = await version(secret);
    // This one takes from it what it still logs in with.
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    const third = await version(secret);
    await orders.said(new RegExp(`new: \\w+ by version (${second}|${third}), open: ${login.username}\n`));
    expect(await orders.stop()).toBe(0);
  });
}

/** Of the one that is current, as the program shows it. */
async function version(secretArn: string): Promise<string> {
  const current = Object.entries(await keyturn.labels(secretArn)).find(([, labels]) => labels.includes("AWSCURRENT"));
  return (current?.[0] ?? "").slice(0, 8);
}

/** What the example requires, in a folder of the user's cache. Throws, with the reason, where it cannot be had. */
async function installed(): Promise<string> {
  const run = promisify(execFile);
  const requirements = resolve("examples/python/requirements.txt");
  const { stdout } = await run("python3", ["-m", "pip", "--version"]);
  const of = createHash("sha256").update(readFileSync(requirements)).update(stdout).digest("hex").slice(0, 12);
  const cache = privateFolder(join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "keyturn"));
  const home = join(cache, `python-${of}`);
  if (existsSync(home)) return home;
  const half = `${home}-${process.pid}`;
  try {
    await mkdir(half);
    const pip = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--target",
      half,
      "-r",
      requirements,
    ];
    // A registry that is out of reach may just say nothing.
    await run("python3", pip, { timeout: 300_000 });
    await rename(half, home);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  return home;
}
