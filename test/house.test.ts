import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { breaches, circles, type Rooms } from "./tools/walls.js";

const WORDS = ["src/errors.ts", "src/engines", "src/secrets", "src/rotation"];

/** The walls of the house: who may import whom, besides Node.js itself. */
const ROOMS: Rooms = {
  "src/errors.ts": [],

  // An engine knows engine.ts, its wire and its driver: nothing of a rotation, and no other engine.
  "src/engines": ["src/errors.ts"],
  "src/engines/registry.ts": ["src/errors.ts", "src/engines", "src/engines/*"],
  "src/engines/postgres-wire": ["src/errors.ts", "src/engines", "pg"],
  "src/engines/postgres": ["src/errors.ts", "src/engines", "src/engines/postgres-wire", "pg", "@mongodb-js/saslprep"],
  "src/engines/redshift": ["src/errors.ts", "src/engines", "src/engines/postgres-wire", "pg"],
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
  "src/rotation/dry-run": [...WORDS, "src/rotation/plan", "src/rotation/strategies"],
  "src/rotation/retirement": [...WORDS, "src/rotation/strategies"],
  "src/rotation/record": [...WORDS, "src/rotation/phases", "src/rotation/strategies"],
  "src/schedule": ["croner"],
  "src/fleet": ["src/errors.ts", "src/rotation", "src/rotation/plan", "src/rotation/dry-run"],
  "src/events": ["src/rotation", "src/rotation/dry-run", "src/fleet"],
  "src/messages": ["src/events", "src/rotation", "src/rotation/dry-run"],

  // The ports, filled; and what a function is made of.
  "src/aws": ["src/errors.ts", "src/rotation", "src/fleet", "src/messages", "@aws-sdk/*"],
  "src/lambda": [...WORDS, "src/rotation/*", "src/aws", "src/engines/registry.ts", "@aws-sdk/*"],
  functions: [
    "src/errors.ts",
    "src/rotation*",
    "src/fleet",
    "src/events",
    "src/messages",
    "src/aws",
    "src/lambda",
    "@aws-sdk/*",
  ],
  infra: ["src/rotation", "src/events", "src/schedule", "ajv", "esbuild", "fflate", "tsx", "yaml"],

  // The embedded cloud runs what is packaged: it is no place for the product's logic.
  "src/local": [
    "src/schedule",
    "@aws-sdk/*",
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

  stage: ["infra", "src/local", "@aws-sdk/*", "pg", "mysql2", "mongodb"],
  scripts: ["infra", "stage", "src/*", "@aws-sdk/*", "esbuild", "picocolors", "yaml"],
  bench: ["infra", "stage", "packages/client/src", "src/*", "@aws-sdk/*", "esbuild", "mysql2", "pg"],
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
    const empty = Object.keys(ROOMS).filter((room) => ![...sources.keys()].some((file) => file.startsWith(room)));
    expect(empty).toEqual([]);
  });

  it("names files in kebab-case", () => {
    const odd = [...sources.keys()].filter(
      (file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.(ts|mjs|cjs)$/.test(basename(file)),
    );
    expect(odd).toEqual([]);
  });

  it("has the same core in every engine's folder", () => {
    const folders = [...sources.keys()].filter((file) => basename(file) === "engine.ts").map(dirname);
    const cores = folders
      .filter((folder) => folder !== "src/engines")
      .map((folder) => [folder, CORE.filter((name) => !sources.has(`${folder}/${name}`))]);
    expect(cores).toEqual(cores.map(([folder]) => [folder, []]));
  });
});

const CORE = ["engine.ts", "session.ts", "traits.ts"];

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
  ])("stop %s", (_, files) =>
    expect(among(files)).toEqual([expect.stringMatching(/^\S+ imports \S+, but \S+ may import/)]),
  );

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
