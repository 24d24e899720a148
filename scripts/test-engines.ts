import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startDockerServers } from "./engines/docker.js";
import { TARGETS, type Target } from "./engines/targets.js";

/** Tests that are only about the other strategies. */
const OTHER: Readonly<Record<string, RegExp>> = {
  "single-user": /clone|pair|alternating|two passwords|dual password/i,
  "alternating-users": /single-user|two passwords|dual password/i,
  "dual-password": /single-user|clone|pair|alternating/i,
};

interface Row {
  readonly engine: string;
  readonly strategy: string;
  readonly server: string | null;
  readonly proof: "real server" | "compatible server" | "statements only";
  readonly passed: number;
  readonly failed: number;
  readonly notRun: number;
  readonly reason?: string;
}

interface Assertion {
  readonly fullName: string;
  readonly ancestorTitles: readonly string[];
  readonly status: string;
}

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const docker = await startDockerServers();
if (docker.reason) console.error(docker.reason);
const results = await runTests(docker.env).finally(() => docker.stop());
const rows = TARGETS.flatMap((target) => {
  const tests = target.files.flatMap((file) => results.get(file) ?? []);
  return target.strategies.map((strategy) => row(target, strategy, tests));
});
if (values.json) console.log(JSON.stringify({ rows }, null, 2));
else console.table(rows);
process.exitCode = rows.some(({ failed, passed }) => failed > 0 || passed === 0) ? 1 : 0;

function row(target: Target, strategy: string, all: readonly Assertion[]): Row {
  const tests = all.filter(({ ancestorTitles, fullName }) => {
    const live = ancestorTitles.length > 0 || fullName.startsWith(target.engine);
    return live && !OTHER[strategy]?.test(fullName);
  });
  const of = (status: string) => tests.filter((test) => test.status === status);
  const titles = of("passed").map(({ ancestorTitles }) => ancestorTitles[0] ?? "");
  const real = titles.find((title) => target.server.test(title));
  const compatible = target.compatible?.strategies.includes(strategy)
    ? titles.find((title) => target.compatible?.server.test(title))
    : undefined;
  const skipped = tests.filter(({ status }) => status !== "passed" && status !== "failed");
  return {
    engine: target.engine,
    strategy,
    server: real ?? compatible ?? null,
    proof: real ? "real server" : compatible ? "compatible server" : "statements only",
    passed: of("passed").length,
    failed: of("failed").length,
    notRun: skipped.length,
    ...(skipped.length > 0 ? { reason: reasonsOf(skipped) } : {}),
  };
}

function reasonsOf(skipped: readonly Assertion[]): string {
  const reasons = skipped.map(({ fullName }) => fullName.match(/\(optional: (.*)\)/)?.[1] ?? fullName);
  return [...new Set(reasons)].join("; ");
}

async function runTests(env: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, readonly Assertion[]>> {
  const folder = await mkdtemp(join(tmpdir(), "keyturn-engines-"));
  const file = join(folder, "results.json");
  const files = [...new Set(TARGETS.flatMap((target) => target.files))];
  const child = spawn(
    "node_modules/.bin/vitest",
    ["run", ...files, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    { stdio: ["ignore", 2, 2], env: { ...process.env, ...env } },
  );
  await once(child, "exit");
  const { testResults } = JSON.parse(await readFile(file, "utf8")) as {
    testResults: Array<{ name: string; assertionResults: Assertion[] }>;
  };
  await rm(folder, { recursive: true });
  return new Map(
    files.map((name) => [name, testResults.find((result) => result.name.endsWith(name))?.assertionResults ?? []]),
  );
}
