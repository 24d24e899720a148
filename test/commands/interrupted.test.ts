import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** A command without npm, in a group of its own as at a terminal; `folder` is where its temporary files go. */
function command(file: string, args: readonly string[], folder: string) {
  const child = spawn(process.execPath, ["--import", "tsx", file, ...args], {
    env: { ...process.env, NO_COLOR: "1", TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let text = "";
  let heard: () => void = () => undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      text += chunk;
      heard();
    });
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    text: () => text,
    ended,
    async prints(words: string): Promise<void> {
      const over = ended.then(() => "over");
      while (!text.includes(words)) {
        const next = new Promise((resolve) => (heard = () => resolve("heard")));
        if ((await Promise.race([next, over])) === "over") throw new Error(`It ended without "${words}":\n${text}`);
      }
    },
    /** Tells the command alone. */
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Tells the group, as a terminal does. */
    ctrlC: () => process.kill(-(child.pid as number), "SIGINT"),
  };
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "keyturn-interrupted-"));
  // PostgreSQL runs as nobody where root starts it.
  await chmod(folder, 0o755);
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it("crash-matrix ends calmly at Ctrl-C, with its servers and what they had", () =>
  inFolder(async (folder) => {
    const one = command("scripts/crash-matrix.ts", ["--verbose", "--jobs", "2", "--seed", "24"], folder);
    await one.prints(" points: ");
    // Its own, the database's, and a machine's at the least.
    expect((await dataIn(folder)).length).toBeGreaterThan(2);
    one.ctrlC();
    expect(await one.ended).toBe(130);
    expect(one.text()).toMatch(/\nInterrupted\.\n$/);
    expect(await dataIn(folder)).toEqual([]);
  }));

it("bench:fleet ends calmly at Ctrl-C, with its database and the cloud", () =>
  inFolder(async (folder) => {
    const one = command("bench/fleet.ts", ["--secrets", "3", "--only", "killed"], folder);
    await one.prints("Fleets: killed");
    expect((await dataIn(folder)).length).toBeGreaterThan(1);
    one.ctrlC();
    expect(await one.ended).toBe(130);
    expect(one.text()).toMatch(/\nInterrupted\.\n$/);
    expect(await dataIn(folder)).toEqual([]);
  }));

/** Folders with data: all but what is installed once for this user. */
async function dataIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true });
  return found.filter((path) => /^keyturn-[a-z]+-[^/]+$|^keyturn-\d+\/data-[^/]+$/.test(path));
}

it.each(["SIGINT", "SIGTERM"] as const)("npm start ends calmly at %s, with its PostgreSQL", (signal) =>
  inFolder(async (folder) => {
    const one = command("scripts/start.ts", ["--strategy", "alternating-users"], folder);
    await one.prints("the cloud at");
    const port = Number(/with TLS on port (\d+)/.exec(one.text())?.[1]);
    one.kill(signal);
    expect(await one.ended).toBe(130);
    expect(one.text()).toMatch(/\nInterrupted\.\n$/);
    expect(one.text()).not.toContain("✘");
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  }),
);

it.each([
  ["bench/bench.ts", ["--foo"], "Unknown option '--foo'"],
  ["bench/bench.ts", ["--times", "0"], "--times takes a whole number from 1, not 0"],
  ["bench/bench.ts", ["--loads", "few"], "--loads takes a whole number from 1, not few"],
  ["bench/fleet.ts", ["--rotated", "0"], "--rotated takes a whole number from 1, not 0"],
  ["bench/fleet.ts", ["--secrets", "0"], "--secrets takes a whole number from 1, not 0"],
  [
    "bench/fleet.ts",
    ["--secrets", "1", "--only", "all"],
    "--only takes whole, hung, broken, killed, with commas between",
  ],
  ["bench/fleet.ts", ["--secrets", "1", "--input", "none"], "--input takes the JSON of an object, not none"],
  ["bench/figures.ts", ["--foo"], "Unknown option '--foo'"],
  ["bench/availability.ts", ["--foo"], "Unknown option '--foo'"],
  ["bench/availability.ts", ["--rotations", "1.5"], "--rotations takes a whole number from 1, not 1.5"],
  ["scripts/crash-matrix.ts", ["--cases", "0"], "--cases takes a whole number from 1, not 0"],
  ["scripts/crash-matrix.ts", ["--seed", ""], "--seed takes a whole number from 0, not "],
])("%s refuses %j", (file, args, reason) =>
  inFolder(async (folder) => {
    const one = command(file, args, folder);
    expect(await one.ended).toBe(2);
    expect(one.text()).toContain(reason);
    expect(one.text()).toMatch(/\n\nnpm run (bench(:\w+)?|figures|crash-matrix) -- \[/);
    expect(one.text()).not.toContain("    at ");
  }),
);
