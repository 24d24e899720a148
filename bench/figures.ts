import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { parseArgs, promisify } from "node:util";
import { commandLine, program } from "../stage/program.js";
import { blocksOf, type Measured, picturesOf, withBlocks } from "./figures/page.js";

const USAGE = `npm run figures -- [--measure] [--quick]

Writes bench/README.md and bench/plots from what is kept in bench/data.
  --measure   measures it all anew first, on a machine that does nothing else
  --quick     with --measure: a few rounds, to see that it works`;

const { measure, quick } = commandLine(USAGE, () => {
  const off = { type: "boolean", default: false } as const;
  return parseArgs({ options: { measure: off, quick: off, help: off } }).values;
});

/** What measures each, and with which options: for figures, and for a quick look. */
const COMMANDS: Readonly<Record<keyof Measured, { script: string; options: string[]; quick: string[] }>> = {
  rotations: {
    script: "bench",
    options: ["--times", "100", "--loads", "9"],
    quick: ["--times", "2", "--loads", "1"],
  },
  availability: {
    script: "bench:availability",
    options: ["--rotations", "100"],
    quick: ["--rotations", "2"],
  },
  fleets: {
    script: "bench:fleet",
    options: ["--listed", "10000", "--rotated", "400", "--rounds", "3"],
    quick: ["--listed", "1000", "--rotated", "10", "--rounds", "1"],
  },
};

const fileOf = (name: string) => `bench/data/${name}.json`;

await program(async (interrupted) => {
  await mkdir("bench/data", { recursive: true });
  await mkdir("bench/plots", { recursive: true });
  if (measure) {
    for (const [name, { script, ...options }] of Object.entries(COMMANDS)) {
      const command = ["run", "-s", script, "--", ...(quick ? options.quick : options.options), "--json"];
      console.error(`npm ${command.join(" ")}`);
      const { stdout } = await promisify(execFile)("npm", command, { signal: interrupted, maxBuffer: 2 ** 26 });
      await writeFile(fileOf(name), stdout);
    }
  }
  const kept = Object.keys(COMMANDS).map(async (name) => [name, JSON.parse(await readFile(fileOf(name), "utf8"))]);
  const measured = Object.fromEntries(await Promise.all(kept)) as Measured;
  await writeFile("bench/README.md", withBlocks(await readFile("bench/README.md", "utf8"), blocksOf(measured)));
  const pictures = Object.entries(picturesOf(measured));
  for (const [name, picture] of pictures) await writeFile(`bench/plots/${name}`, picture);
  console.log(`bench/README.md and ${pictures.length} plots are of what bench/data has.`);
  return 0;
});
