import { posix } from "node:path";

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
    return importsOf(file, sources)
      .filter((imported) => roomOf(rooms, imported) !== own && !fits(roomOf(rooms, imported) ?? imported, may))
      .map((imported) => `${file} imports ${imported}, but ${own} may import ${told(may)} only. ${WHAT_TO_DO}`);
  });
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
    const found = importsOf(file, sources).flatMap((imported) =>
      sources.has(imported) ? walk(imported, [...way, file]) : [],
    );
    done.add(file);
    return found;
  };
  return [...sources.keys()].flatMap((file) => walk(file, []));
}

const HOW_TO_OPEN = "Take what they need of each other into a file that both import.";

/** Paths of files that there are, names of packages. */
function importsOf(file: string, sources: Sources): string[] {
  const specifiers = [...(sources.get(file) ?? "").matchAll(IMPORT)].map((found) => found[1] ?? found[2] ?? "");
  return [...new Set(specifiers)].flatMap((specifier) => {
    if (specifier.startsWith("node:")) return [];
    if (!specifier.startsWith(".")) return [packageOf(specifier)];
    const path = posix.join(posix.dirname(file), specifier);
    return [path, path.replace(/\.js$/, ".ts")].filter((candidate) => sources.has(candidate));
  });
}

/** `import … from "x"`, `export … from "x"`, `import "x"`; `import("x")`, of types too, and `require("x")`. */
const IMPORT = /^(?:import|export)\b(?:[^;"']*?\bfrom)?\s*["']([^"']+)["']|\b(?:import|require)\(\s*["']([^"']+)["']/gm;

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

function roomOf(rooms: Rooms, path: string): string | undefined {
  const fitting = Object.keys(rooms).filter((room) => path === room || path.startsWith(`${room}/`));
  return fitting.sort((a, b) => b.length - a.length)[0];
}

function fits(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

function told(names: readonly string[]): string {
  return names.length === 0 ? "its own files" : names.join(", ");
}
