import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { BEGINNING, ROTATION, RUN } from "../../scripts/costs/usage.js";

// What measures and what kills, a round or two of each: figures that nobody can make again are none.

const run = promisify(execFile);

/** What a command prints with `--json`. */
async function printed(script: string, ...options: string[]) {
  const { stdout } = await run("npm", ["run", "--silent", script, "--", ...options, "--json"]);
  return JSON.parse(stdout);
}

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  async bench() {
    const { about, results, notMeasured, logins, goals, bundles } = await printed(
      "bench",
      "--times",
      "1",
      "--loads",
      "1",
    );
    expect(about.command).toBe("npm run -s bench -- --times 1 --loads 1 --json");
    const [single, alternating, ...others] = results;
    const ours = { loginsFailed: 0, wholeMs: expect.anything(), createToFinishMs: expect.anything() };
    const asOne = { ...ours, secretsManagerCalls: 9, loginsOk: 2 };
    const asTwo = { ...ours, secretsManagerCalls: 11, loginsOk: 3 };
    const awsAsOne = { secretsManagerCalls: 14, loginsOk: 2, loginsFailed: 2 };
    const awsAsTwo = { secretsManagerCalls: 14, loginsOk: 3, loginsFailed: 2 };
    expect(single).toMatchObject({ strategy: "single-user", keyturn: asOne, bare: asOne, aws: awsAsOne, states: 11 });
    expect(alternating).toMatchObject({
      ...{ strategy: "alternating-users", keyturn: asTwo, bare: asTwo, aws: awsAsTwo, states: 11 },
      credentialGapMs: null,
    });
    expect(single.credentialGapMs.median).toBeGreaterThan(0);
    // Debian's MariaDB, and its MySQL, which may be out of reach.
    for (const name of ["MariaDB", "MySQL"]) {
      const of = others.filter(({ engine }: { engine: string }) => engine.startsWith(name));
      if (of.length === 0) {
        expect(notMeasured).toContainEqual({ what: name, reason: expect.stringContaining("cannot be had here") });
        continue;
      }
      const hasAws = name === "MariaDB";
      expect(of).toMatchObject([
        {
          strategy: "single-user",
          keyturn: asOne,
          bare: asOne,
          aws: hasAws ? awsAsOne : { notMeasured: expect.stringContaining("PASSWORD()") },
        },
        { strategy: "alternating-users", keyturn: asTwo, bare: asTwo, ...(hasAws ? { aws: awsAsTwo } : {}) },
        { strategy: "dual-password", keyturn: asTwo, bare: asTwo, aws: { notMeasured: expect.any(String) } },
      ]);
      expect(of[0].credentialGapMs.median).toBeGreaterThan(0);
    }
    expect(logins.ratio).toBeGreaterThan(0);
    expect(goals.length).toBeGreaterThanOrEqual(6);
    expect(bundles).toContainEqual(expect.objectContaining({ function: "set-secret", engine: "postgres" }));
  },

  async "bench:availability"() {
    const { about, results } = await printed("bench:availability", "--rotations", "1");
    expect(about.command).toBe("npm run -s bench:availability -- --rotations 1 --json");
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

  async "bench:status"() {
    const { peakMb, ...found } = await printed("bench:status", "--secrets", "250");
    // A list and a batch of reads a hundred secrets, and what is deployed.
    expect(found).toMatchObject({ secrets: 250, calls: 13, counts: { "needs attention": 1, failing: 2, ok: 247 } });
    expect(peakMb).toBeLessThan(500);
  },
  async "bench:fleet"() {
    const { about, listing, fleets } = await printed(
      "bench:fleet",
      "--listed",
      "250",
      "--rotated",
      "2",
      "--rounds",
      "1",
    );
    expect(about.command).toBe("npm run -s bench:fleet -- --listed 250 --rotated 2 --rounds 1 --json");
    expect(listing).toMatchObject([
      { secrets: 1, calls: 2 },
      { secrets: 10, calls: 2 },
      { secrets: 100, calls: 2 },
      { secrets: 250, calls: 6 },
    ]);
    expect(fleets).toMatchObject([
      { secrets: 1, rounds: 1 },
      { secrets: 2, rounds: 1 },
    ]);
    await fleetsOf(14);
  },

  async "crash-matrix"() {
    const { cases, points, ...bad } = await printed("crash-matrix", "--cases", "1", "--seed", "24");
    expect(cases).toBe(1);
    expect(points).toBeGreaterThan(90);
    expect(bad).toMatchObject({ lockouts: 0, stuck: 0, untrueRecords: 0 });
  },
};

/** All parts, with a canary, the ten after it, and three of the wave that is never begun. */
async function fleetsOf(secrets: number): Promise<void> {
  const figures = await printed("bench:fleet", "--secrets", String(secrets), "--hung", "1", "--concurrency", "3");
  const number = expect.any(Number);
  expect(figures).toEqual({
    about: expect.objectContaining({
      command: `npm run -s bench:fleet -- --secrets ${secrets} --most 1000 --hung 1 --concurrency 3 --json`,
    }),
    ...{ secrets, rotated: secrets, refused: 0, twice: 0 },
    ...{ seconds: number, perSecond: number, ofBare: number, peakMb: number, apiCalls: number },
    transitions: ROTATION.transitions * secrets + RUN.transitions + BEGINNING.transitions,
    ...{ dollarsPer1000: number, writesPerSecondMax: number },
    hung: { healthy: secrets, hung: 1, slowdown: number },
    broken: {
      ...{ secrets, broken: 4, stoppedInWave: 2, untouched: 3, untouchedChanged: 0 },
      ...{ resumedRotated: secrets - 8, wrong: 0 },
    },
    killed: {
      ...{ secrets, killedAfter: 5, lockedOut: 0, twice: 0 },
      ...{ recovered: number, resumedRotated: number, untouched: number },
    },
  });
  expect(figures.peakMb).toBeGreaterThan(50);
  const { recovered, resumedRotated, untouched } = figures.killed;
  expect(recovered).toBeGreaterThanOrEqual(5);
  // Of those in the middle of it, at most.
  expect(untouched).toBeLessThanOrEqual(3);
  expect(recovered + resumedRotated + untouched).toBe(secrets);
}

it.each(Object.entries(COMMANDS))("npm run %s works", (_, works) => works());

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
