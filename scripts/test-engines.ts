import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** What is proven where. A strategy's own tests are told by their names, the contract's count for all of them. */
const TARGETS = [
  {
    engine: "postgres",
    files: [
      "test/engines/postgres.test.ts",
      "test/engines/postgres-15.test.ts",
      "test/rotation/single-user.test.ts",
      "test/rotation/alternating-users.test.ts",
    ],
    strategies: ["single-user", "alternating-users"],
  },
  {
    engine: "mysql",
    files: ["test/engines/mysql.test.ts", "test/rotation/mysql.test.ts"],
    strategies: ["single-user", "alternating-users", "dual-password"],
  },
  {
    engine: "mariadb",
    files: ["test/engines/mariadb.test.ts", "test/rotation/mariadb.test.ts"],
    strategies: ["single-user", "alternating-users", "dual-password"],
  },
] as const;

/** Engines of the mission that nothing of is there yet: said, so that no row is missing. */
const MISSING = ["sqlserver", "oracle", "documentdb", "redshift"];

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
  readonly proof: "real server" | "compatible server" | "statements only" | "not built";
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
const rows = await prove();
if (values.json) console.log(JSON.stringify({ rows }, null, 2));
else console.table(rows);
process.exitCode = rows.some(({ failed }) => failed > 0) ? 1 : 0;

async function prove(): Promise<Row[]> {
  const results = await runTests();
  return [
    ...TARGETS.flatMap(({ engine, files, strategies }) => {
      const own = files.flatMap((file) => results.get(file) ?? []);
      return strategies.map((strategy) => row(engine, strategy, own));
    }),
    ...MISSING.map(
      (engine): Row => ({
        engine,
        strategy: "any",
        server: null,
        proof: "not built",
        passed: 0,
        failed: 0,
        notRun: 0,
        reason: "The engine is not built yet.",
      }),
    ),
  ];
}

function row(engine: string, strategy: string, tests: readonly Assertion[]): Row {
  const counted = tests.filter(({ fullName }) => !OTHER[strategy]?.test(fullName));
  const count = (status: string) => counted.filter((test) => test.status === status).length;
  const server =
    tests
      .map(({ ancestorTitles }) => ancestorTitles[0] ?? "")
      .find((title) => /^(PostgreSQL|MySQL|MariaDB) \d/.test(title)) ?? null;
  const skipped = counted.find(({ status }) => status !== "passed" && status !== "failed");
  return {
    engine,
    strategy,
    server,
    proof: server && count("passed") > 0 ? "real server" : "statements only",
    passed: count("passed"),
    failed: count("failed"),
    notRun: counted.length - count("passed") - count("failed"),
    ...(skipped ? { reason: skipped.ancestorTitles[0] ?? "skipped" } : {}),
  };
}

async function runTests(): Promise<ReadonlyMap<string, readonly Assertion[]>> {
  const folder = await mkdtemp(join(tmpdir(), "keyturn-engines-"));
  const file = join(folder, "results.json");
  const files = TARGETS.flatMap((target) => target.files);
  const child = spawn(
    "node_modules/.bin/vitest",
    ["run", ...files, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    {
      stdio: ["ignore", 2, 2],
    },
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
