import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, posix } from "node:path";
import { describe, expect, it } from "vitest";

/** What is in the repository; a file that was only built here is not. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => file && existsSync(file));
const folders = new Set(files.flatMap(foldersOf));
const pages = files.filter((file) => file.endsWith(".md"));

function foldersOf(file: string): string[] {
  const folder = posix.dirname(file);
  return folder === "." ? ["."] : [folder, ...foldersOf(folder)];
}

const isThere = (path: string) => files.includes(path) || folders.has(path.replace(/\/$/, ""));

/** A page without its blocks of code. */
function proseOf(page: string): string {
  return readFileSync(page, "utf8").replace(/^ *(```+|~~~+).*?^ *\1/gms, "");
}

interface Link {
  readonly text: string;
  readonly target: string;
}

/** A page's links to the repository's own files. */
function linksOf(page: string): Link[] {
  const found = proseOf(page).matchAll(
    /\[([^[\]]*)\]\(\s*<?([^)>\s]*)|^\[[^\]]+\]:\s*(\S+)|\b(?:href|src)="([^"]*)"/gm,
  );
  return [...found]
    .map(([, text = "", inline, reference, html]) => ({ text, target: inline ?? reference ?? html ?? "" }))
    .filter(({ target }) => !/^[a-z][a-z\d+.-]*:/i.test(target));
}

/**
 * The anchors of a page's headings, as GitHub makes them.
 * https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of proseOf(page).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "").replaceAll(" ", "-");
    let free = anchor;
    for (let again = 1; anchors.has(free); again++) free = `${anchor}-${again}`;
    anchors.add(free);
  }
  return anchors;
}

/** What is wrong with a link, in a sentence; `undefined` where nothing is. */
function wrong(page: string, { text, target }: Link): string | undefined {
  const [path = "", anchor] = decodeURI(target).split("#");
  const file = path === "" ? page : posix.normalize(posix.join(posix.dirname(page), path));
  const says = (what: string) => `${page} links to ${target}, ${what}`;
  if (!isThere(file)) return says(`but there is no ${file}.`);
  if (/^[\w-]+(\.[a-z]+)+$/.test(text) && text !== basename(file)) return says(`and calls it ${text}.`);
  if (anchor === undefined) return undefined;
  if (!pages.includes(file)) return says("which has no headings to lead to.");
  return anchorsOf(file).has(anchor) ? undefined : says("which has no such heading.");
}

/** The repository's paths that a page writes as code, `src/errors.ts`. */
function pathsOf(page: string): string[] {
  const code = [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, text = ""]) => text);
  return code.filter((text) => /^[\w./-]+$/.test(text) && folders.has(text.split("/")[0] ?? "") && text.includes("/"));
}

describe("the documents", () => {
  it.each(pages)("%s: every link leads where it says", (page) => {
    expect(linksOf(page).flatMap((link) => wrong(page, link) ?? [])).toEqual([]);
  });

  it.each(pages)("%s: every path in it is there", (page) => {
    expect(pathsOf(page).filter((path) => !isThere(path))).toEqual([]);
  });
});

describe("a link", () => {
  const link = (target: string, text = "there") => wrong("docs/architecture.md", { text, target });

  it.each(["engines", "../README.md", "#a-rotation", "../README.md#how-a-rotation-goes"])("to %s is right", (target) =>
    expect(link(target)).toBeUndefined(),
  );

  it.each([
    ["gone.md", "there is no docs/gone.md"],
    ["../dist/functions", "there is no dist/functions"],
    ["#gone", "no such heading"],
    ["../README.md#gone", "no such heading"],
    ["../src/errors.ts#L1", "no headings"],
  ])("to %s is wrong", (target, why) => expect(link(target)).toContain(why));

  it("by another file's name is wrong", () =>
    expect(link("../src/errors.ts", "faults.ts")).toContain("calls it faults.ts"));
});
