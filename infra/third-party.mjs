import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {object} ThirdParty An npm package as it is installed.
 * @property {string} name
 * @property {string} version
 * @property {string} licence an SPDX expression, as its package.json has it
 * @property {string} folder
 */

/**
 * The npm packages of which something stands in these outputs, by name and version. What esbuild has read and left out
 * altogether is not among them.
 *
 * @param {import("esbuild").Metafile} metafile
 * @param {readonly string[]} files
 * @returns {ThirdParty[]}
 */
export function packagesIn({ outputs }, files) {
  const inputs = files.flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? (/^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []) : [],
  );
  return [...new Set(folders)]
    .map(installedIn)
    .sort((a, b) => compared(a.name, b.name) || compared(a.version, b.version));
}

function installedIn(folder) {
  const { name, version, license = "none" } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { name, version, licence: license, folder };
}

/** Not by a language's rules, which are another machine's otherwise. */
function compared(one, other) {
  return one < other ? -1 : Number(one > other);
}

/**
 * What the licences of these packages ask to be handed on with their code: each one's licence and notices, and what stood in
 * the code itself. A text that many share is there once.
 *
 * @param {readonly ThirdParty[]} packages
 * @param {readonly string[]} comments what esbuild found in the code, by output
 * @returns {string}
 */
export function noticesOf(packages, comments) {
  const sharing = new Map();
  for (const one of packages)
    for (const text of textsOf(one))
      sharing.set(text, [...(sharing.get(text) ?? []), `${one.name} ${one.version} (${one.licence})`]);
  const texts = [...sharing].map(([text, names]) => `${names.join("\n")}\n\n${text}`);
  return [INTRODUCTION, ...texts, ...comments.map((text) => text.trim())]
    .join(`\n\n${"=".repeat(80)}\n\n`)
    .concat("\n");
}

const INTRODUCTION = "What stands here of others, and their licences.";

const NOTICE = /^(licen[cs]e|notice|copying|copyright|third[-_]party)[\w-]*(\.(txt|md))?$/i;

function textsOf({ name, version, licence, folder }) {
  const files = readdirSync(folder)
    .filter((file) => NOTICE.test(file))
    .sort();
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8"));
  if (!files.some((file) => /^(licen[cs]e|copying)/i.test(file))) texts.push(elsewhere(folder, licence));
  if (texts.includes(undefined))
    throw new Error(
      `${name} ${version} comes without the text of its licence (${licence}), which has to go along with it.`,
    );
  return texts.map((text) => text.replaceAll("\r\n", "\n").trim());
}

/** May be handed on without a word, and is named all the same. https://spdx.org/licenses/MIT-0.html */
const NO_ATTRIBUTION = "MIT No Attribution: https://spdx.org/licenses/MIT-0.html";

/** Some have it at the end of their README; of Apache's there is but one text, which is our own licence, too. */
function elsewhere(folder, licence) {
  if (licence === "MIT-0") return NO_ATTRIBUTION;
  const readme = join(folder, "README.md");
  const [, text] =
    (existsSync(readme) && /^#+ *licen[cs]e *\n+(.*copyright.*)/ims.exec(readFileSync(readme, "utf8"))) || [];
  return text ?? (licence === "Apache-2.0" ? readFileSync("LICENSE", "utf8") : undefined);
}
