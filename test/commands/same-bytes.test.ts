import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import BundlePlugin from "../../infra/bundle-plugin.cjs";

const run = promisify(execFile);
const SOURCE_DATE_EPOCH = "1700000000";

let folder: string;
let files: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-same-bytes-"));
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  files = stdout.split("\0").filter((file) => /^(functions|infra|src|statemachines)\/|^[^/]+$/.test(file));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** SHA-256 of all that `serverless package` leaves of a copy of this checkout, as old as it is told. */
async function packaged(place: string, changedAt: Date): Promise<Record<string, string>> {
  const copy = join(folder, place);
  for (const file of files.filter((name) => name !== "node_modules")) {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await cp(file, join(copy, file));
    await utimes(join(copy, file), changedAt, changedAt);
  }
  await symlink(resolve("node_modules"), join(copy, "node_modules"));
  await run("node_modules/.bin/serverless", ["package"], { cwd: copy, env: { ...process.env, SOURCE_DATE_EPOCH } });
  return digests(join(copy, ".serverless"));
}

async function digests(of: string): Promise<Record<string, string>> {
  const names = (await readdir(of)).sort();
  const hashed = names.map(async (name) => [
    name,
    createHash("sha256")
      .update(await readFile(join(of, name)))
      .digest("hex"),
  ]);
  return Object.fromEntries(await Promise.all(hashed));
}

it("serverless package makes the same bytes in another folder, of files with other times", async () => {
  const one = await packaged("one", new Date("2001-02-03T04:05:06Z"));
  const other = await packaged("another/deeper", new Date());
  expect(Object.keys(one).filter((name) => name.endsWith(".zip"))).toHaveLength(21);
  expect(one).toHaveProperty("cloudformation-template-update-stack.json");
  expect(other).toEqual(one);
  // And as here, where the template alone has its time.
  const here = Object.entries(await digests(".serverless")).filter(([name]) => name.endsWith(".zip"));
  expect(one).toMatchObject(Object.fromEntries(here));
});

it.each([
  ["package", "serverless/keyturn/dev/1700000000000-2023-11-14T22:13:20.000Z"],
  ["deploy", undefined],
])("SOURCE_DATE_EPOCH is the time for serverless %s: %s", async (command, artifactDirectoryName) => {
  vi.stubEnv("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH);
  const service: { service: string; package: object } = { service: "keyturn", package: {} };
  const provider = { getDeploymentPrefix: () => "serverless", getStage: () => "dev" };
  const serverless = { service, processedInput: { commands: [command] }, getProvider: () => provider };
  new BundlePlugin(serverless).hooks["package:initialize"]();
  vi.unstubAllEnvs();
  expect(service.package).toEqual(artifactDirectoryName ? { artifactDirectoryName } : {});
});
