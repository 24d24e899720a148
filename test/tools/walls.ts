import { posix } from "node:path";
import { parseAst } from "vitest/node";

/**
 * By room, what its files may import besides each other and Node.js itself: rooms, and packages. A room is a folder, or a
 * file that is no other's; the longest name that fits a path is its room. `*` at the end: all that begin so.
 */
export type Rooms = Readonly<Record<string, readonly string[]>>;

/** Texts of files, by path. */
export type Sources = ReadonlyMap<string, string>;

/** Every import that goes through a wall, in a sentence that says what to do. */
export function breaches(rooms: Rooms, sources: Sources): string[] {
  return [...sources.keys()].flatMap((file) => {
    const own = roomOf(rooms, file);
    if (!own) return [`${file} is in no room. Give its folder a line in the table of test/house.test.ts.`];
    const may = rooms[own] ?? [];
    return importsOf(file, sources).flatMap(({ name, leaves }) => {
      if (leaves) return [`${file} imports ${name}, which leaves the house: no source that it may know is there.`];
      if (roomOf(rooms, name) === own || fits(roomOf(rooms, name) ?? name, may)) return [];
      return [`${file} imports ${name}, but ${own} may import ${told(may)} only. ${WHAT_TO_DO}`];
    });
  });
}

/** Every permission that no import needs. */
export function idle(rooms: Rooms, sources: Sources): string[] {
  const crossings = [...sources.keys()].flatMap((file) => {
    const own = roomOf(rooms, file);
    return importsOf(file, sources).map(({ name }) => ({ own, to: roomOf(rooms, name) ?? name }));
  });
  return Object.entries(rooms).flatMap(([room, may]) =>
    may
      .filter((pattern) => !crossings.some(({ own, to }) => own === room && to !== room && fits(to, [pattern])))
      .map((pattern) => `${room} may import ${pattern}, and does not. Take it out of the table of test/house.test.ts.`),
  );
}

const WHAT_TO_DO =
  "Take what both need into a room that both may know, or have it handed in as a port. " +
  "If it is the wall that is wrong, move it in the table of test/house.test.ts.";

/** Every way on which files import each other in a circle, types included. */
export function circles(sources: Sources): string[] {
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): string[] => {
    const start = way.indexOf(file);
    if (start >= 0) return [`${[...way.slice(start), file].join(" → ")} is a circle. ${HOW_TO_OPEN}`];
    if (done.has(file)) return [];
    const found = importsOf(file, sources).flatMap(({ name }) => (sources.has(name) ? walk(name, [...way, file]) : []));
    done.add(file);
    return found;
  };
  return [...sources.keys()].flatMap((file) => walk(file, []));
}

const HOW_TO_OPEN = "Take what they need of each other into a file that both import.";

interface Import {
  /** A path, or a package's name. */
  readonly name: string;
  /** It is a path, and no source is there. */
  readonly leaves: boolean;
}

/** All but Node.js itself, and data that lies in the same folder. */
export function importsOf(file: string, sources: Sources): Import[] {
  const specifiers = specifiersIn(file, sources.get(file) ?? "").filter((specifier) => !specifier.startsWith("node:"));
  return [...new Set(specifiers)].flatMap((specifier) => {
    if (!/^[./]/.test(specifier)) return [{ name: packageOf(specifier), leaves: false }];
    if (/^\.\/[^/]+\.(json|sql)$/.test(specifier)) return [];
    const path = posix.join(posix.dirname(file), specifier);
    const found = [path, path.replace(/\.js$/, ".ts")].find((candidate) => sources.has(candidate));
    return [{ name: found ?? path, leaves: !found }];
  });
}

/** What is imported, loaded, required or handed on, of types too. Throws where the text does not parse. */
function specifiersIn(file: string, text: string): string[] {
  const found: string[] = [];
  const walk = (node: Node): void => {
    // import and export … from, import(), import("x").T; import x = require("x"); require("x").
    const { type, source, expression, callee, arguments: given = [] } = node;
    const named = [source, type === "TSExternalModuleReference" ? expression : undefined];
    if (callee?.name === "require") named.push(given[0]);
    found.push(...named.map(literal).filter((specifier) => specifier !== undefined));
    for (const part of Object.values(node)) if (typeof part === "object" && part !== null) walk(part);
  };
  walk(parseAst(text, { lang: "ts" }, file) as Node);
  return found;
}

/** What is used of https://github.com/estree/estree, by any node. */
interface Node {
  readonly type?: string;
  readonly name?: string;
  readonly value?: unknown;
  readonly source?: Node;
  readonly expression?: Node;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
  readonly quasis?: ReadonlyArray<{ readonly value: { readonly cooked: string } }>;
}

function literal(node: Node | undefined): string | undefined {
  const value = node?.quasis?.[0]?.value.cooked ?? node?.value;
  return typeof value === "string" ? value : undefined;
}

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The room that a file is in. */
export function roomOf(rooms: Rooms, path: string): string | undefined {
  const fitting = Object.keys(rooms).filter((room) => path === room || path.startsWith(`${room}/`));
  return fitting.sort((a, b) => b.length - a.length)[0];
}

function fits(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

function told(names: readonly string[]): string {
  return names.length === 0 ? "its own files" : names.join(", ");
}
