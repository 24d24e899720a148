import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";

// What measures and what kills, a round or two of each: figures that nobody can make again are none.

const run = promisify(execFile);

/** What a command prints with `--json`. */
async function printed(script: string, ...options: string[]) {
  const { stdout } = await run("npm", ["run", "--silent", script, "--", ...options, "--json"]);
  return JSON.parse(stdout);
}

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  async bench() {
    const { results, logins, goals, bundles } = await printed("bench", "--times", "1", "--loads", "1");
    const [single, alternating] = results;
    const ours = { loginsFailed: 0, wholeMs: expect.anything(), createToFinishMs: expect.anything() };
    expect(single).toMatchObject({
      strategy: "single-user",
      keyturn: { ...ours, secretsManagerCalls: 9, loginsOk: 2 },
      bare: { ...ours, secretsManagerCalls: 9, loginsOk: 2 },
      aws: { secretsManagerCalls: 14, loginsOk: 2, loginsFailed: 2 },
    });
    expect(alternating).toMatchObject({
      strategy: "alternating-users",
      keyturn: { ...ours, secretsManagerCalls: 11, loginsOk: 3 },
      bare: { ...ours, secretsManagerCalls: 11, loginsOk: 3 },
      aws: { secretsManagerCalls: 14, loginsOk: 3, loginsFailed: 2 },
      credentialGapMs: null,
    });
    expect(single.credentialGapMs.median).toBeGreaterThan(0);
    expect(logins.ratio).toBeGreaterThan(0);
    expect(goals).toHaveLength(5);
    expect(bundles).toContainEqual(expect.objectContaining({ function: "set-secret", engine: "postgres" }));
  },

  async "bench:availability"() {
    const { results } = await printed("bench:availability", "--rotations", "1");
    expect(results).toEqual(
      expect.arrayContaining(
        ["single-user", "alternating-users"].flatMap((strategy) =>
          ["keyturn client", "naive"].map((application) =>
            expect.objectContaining({ strategy, application, rotations: 1, openConnectionsDropped: 0 }),
          ),
        ),
      ),
    );
  },

  async "crash-matrix"() {
    const { cases, points, ...bad } = await printed("crash-matrix", "--cases", "1", "--seed", "24");
    expect(cases).toBe(1);
    expect(points).toBeGreaterThan(90);
    expect(bad).toMatchObject({ lockouts: 0, stuck: 0, untrueRecords: 0 });
  },
};

it.each(Object.entries(COMMANDS))("npm run %s works", (_, works) => works());

it("crash-matrix tells when there is no such case", async () => {
  const asked = run("npm", ["run", "--silent", "crash-matrix", "--", "--only", "nosuchthing"]);
  await expect(asked).rejects.toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining('no case has "nosuchthing" in its text'),
  });
});

it("every command can be the first in a fresh clone", async () => {
  const { scripts } = JSON.parse(await readFile("package.json", "utf8")) as { scripts: Record<string, string> };
  // The client is built by npm run local, and npm pack, which installs nothing.
  const commands = Object.keys(scripts).filter((name) => name !== "build:client" && !name.startsWith("pre"));
  const bare = commands.filter((name) => !`${scripts[`pre${name}`]} && ${scripts[name]}`.includes("scripts/setup.mjs"));
  expect(bare).toEqual([]);
});

it("there is no other command that measures or kills", async () => {
  const { scripts } = JSON.parse(await readFile("package.json", "utf8"));
  const found = Object.keys(scripts).filter((name) => /^(bench|crash)/.test(name));
  expect(found.sort()).toEqual(Object.keys(COMMANDS).sort());
});
