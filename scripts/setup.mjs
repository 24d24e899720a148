// Makes a fresh checkout ready: the commands of package.json run it first. Prints to stderr only, because stdout may be
// somebody's JSON.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("..", import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Keyturn needs Node.js 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}

if (!isInstalled()) {
  console.error("Installing what is missing (npm ci) …");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: checkout,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) {
    console.error("npm ci failed; its messages are above.");
    process.exit(status ?? 1);
  }
}

/** npm notes in node_modules what it has installed; every package of the lockfile must be there in that version. */
function isInstalled() {
  const note = `${checkout}node_modules/.package-lock.json`;
  if (!existsSync(note)) return false;
  const installed = JSON.parse(readFileSync(note, "utf8")).packages;
  const locked = JSON.parse(readFileSync(`${checkout}package-lock.json`, "utf8")).packages;
  return Object.entries(locked).every(
    ([path, { version, optional, peer }]) => path === "" || optional || peer || installed[path]?.version === version,
  );
}
