import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import type { Metafile } from "esbuild";
import { strFromU8, unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle, closureOf } from "../../infra/bundle.mjs";
import { makePackages } from "../../infra/function-packages.mjs";
import { packagesIn } from "../../infra/third-party.mjs";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-packages-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The clients of AWS that a function has loaded before its first event: each costs time at a cold start. */
const LOADED: Readonly<Record<string, readonly string[]>> = {
  "begin-retirement": ["dynamodb", "secrets-manager", "sfn"],
  "create-secret": ["secrets-manager"],
  "finish-secret": ["secrets-manager"],
  "list-due": ["dynamodb", "secrets-manager", "sfn"],
  "notice-move": ["dynamodb", "secrets-manager", "sfn"],
  plan: ["dynamodb", "secrets-manager", "sfn"],
  "plan-refresh": ["dynamodb", "secrets-manager", "sfn"],
  "plan-retirement": ["dynamodb", "secrets-manager", "sfn"],
  record: ["dynamodb", "secrets-manager", "sfn"],
  "record-retirement": ["dynamodb", "secrets-manager", "sfn"],
  // Those of the services that consumers run on are loaded by need.
  "refresh-consumer": ["dynamodb"],
  "retire-credential": ["secrets-manager"],
  "roll-back": ["secrets-manager"],
  "rotate-natively": ["dynamodb", "secrets-manager", "sfn"],
  "send-webhook": ["dynamodb", "secrets-manager", "sfn"],
  "set-secret": ["secrets-manager"],
  "sum-up": [],
  "sum-up-checks": [],
  "tell-people": ["dynamodb", "sfn", "sns"],
  "test-secret": ["secrets-manager"],
  "wait-for-replicas": ["secrets-manager"],
};

const DRIVERS = ["pg", "mysql2", "tedious", "oracledb", "mongodb"];

describe("a function", () => {
  it("loads at its start no client of AWS that it does not use, and no driver", async () => {
    const metafile = await bundle(join(folder, "bundled"));
    const packages = Object.fromEntries(
      Object.entries(metafile.outputs).flatMap(([file, { entryPoint }]) => {
        const [, name] = /^functions\/(.+)\.ts$/.exec(entryPoint ?? "") ?? [];
        return name ? [[name, namesIn(metafile, closureOf(metafile, file, ["import-statement"]))]] : [];
      }),
    );
    const clients = (loaded: ReadonlySet<string>) =>
      [...loaded].flatMap((name) => /^@aws-sdk\/client-(.+)$/.exec(name)?.[1] ?? []).sort();
    expect(Object.fromEntries(Object.entries(packages).map(([name, loaded]) => [name, clients(loaded)]))).toEqual(
      LOADED,
    );
    expect(Object.values(packages).flatMap((loaded) => DRIVERS.filter((driver) => loaded.has(driver)))).toEqual([]);
  });
});

describe("the packages", () => {
  const FUNCTIONS = { plan: "plan", sumUp: "sum-up", setSecret: "set-secret" };

  async function made(to: string): Promise<Map<string, Buffer>> {
    const described = new Map(
      Object.entries(FUNCTIONS).map(([name, file]) => [
        name,
        { handler: `functions/${file}.handler` } as { handler: string; package?: { artifact: string } },
      ]),
    );
    const service = {
      getAllFunctions: () => [...described.keys()],
      getFunction: (name: string) => described.get(name) as object,
    };
    await makePackages(service, { dist: join(folder, to), folder: join(folder, to) });
    const read = [...described].map(async ([name, { package: made }]) => [name, await readFile(made?.artifact ?? "")]);
    return new Map((await Promise.all(read)) as Array<[string, Buffer]>);
  }

  it("have the function and all that it may load, in the same bytes whenever they are made", async () => {
    const again = await made("second");
    for (const [name, zip] of await made("first")) {
      expect(again.get(name)?.equals(zip), name).toBe(true);
      const files = unzipSync(zip);
      expect(Object.keys(files)).toContain(`functions/${FUNCTIONS[name as keyof typeof FUNCTIONS]}.mjs`);
      const wanted = Object.entries(files).flatMap(([file, bytes]) =>
        [...strFromU8(bytes).matchAll(/(?:from|import) ?\(?"(\.\/[^"]+)"/g)].map(([, path = ""]) =>
          posix.join(dirname(file), path),
        ),
      );
      expect(wanted.length).toBeGreaterThan(1);
      expect(Object.keys(files)).toEqual(expect.arrayContaining(wanted));
    }
  });

  it("are refused for a function that has no file", async () => {
    const service = { getAllFunctions: () => ["gone"], getFunction: () => ({ handler: "functions/gone.handler" }) };
    const to = join(folder, "gone");
    await expect(makePackages(service, { dist: to, folder: to })).rejects.toThrow(
      "gone: there is no functions/gone.ts",
    );
  });
});

function namesIn(metafile: Metafile, files: readonly string[]): Set<string> {
  return new Set(packagesIn(metafile, files).map(({ name }) => name));
}
