import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Load {
  /** Whose it is, for people. */
  readonly name: string;
  stop(): Promise<void>;
}

const CPU = 4;
const IO = 2;

/**
 * Keeps the machine busy as `stress-ng --cpu 4 --io 2` does in another terminal: by that program where it is installed (Debian's
 * package), by processes of our own elsewhere. In sessions of their own, because Linux shares processors out among sessions.
 * https://man7.org/linux/man-pages/man7/sched.7.html (autogroup)
 */
export function startLoad(): Load {
  const isInstalled = spawnSync("stress-ng", ["--version"]).status === 0;
  return isInstalled ? stressNg() : ours();
}

function stressNg(): Load {
  const args = ["--cpu", String(CPU), "--io", String(IO)];
  const child = spawn("stress-ng", args, { stdio: "ignore", detached: true });
  return { name: `stress-ng ${args.join(" ")}`, stop: () => end([child], "SIGINT") };
}

function ours(): Load {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-busy-"));
  const children = [
    ...Array.from({ length: CPU }, () => worker(SPINS)),
    ...Array.from({ length: IO }, (_, nth) => worker(SYNCS, join(folder, String(nth)))),
  ];
  return {
    name: `${CPU} processes that compute and ${IO} that write to the disk (stress-ng is not installed)`,
    async stop() {
      await end(children, "SIGKILL");
      await rm(folder, { recursive: true });
    },
  };
}

/** Each ends by itself when whoever started it is gone. */
const SPINS = "for (const parent = process.ppid; process.ppid === parent; ) for (let i = 0; i < 1e8; i++);";
const SYNCS = `
  const fs = require("node:fs");
  const file = fs.openSync(process.argv[1], "w");
  const block = Buffer.alloc(65536, 1);
  for (const parent = process.ppid; process.ppid === parent; ) {
    fs.writeSync(file, block, 0, block.length, 0);
    fs.fsyncSync(file);
  }`;

function worker(program: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, ["-e", program, ...args], { stdio: "ignore", detached: true });
}

async function end(children: readonly ChildProcess[], signal: NodeJS.Signals): Promise<void> {
  await Promise.all(
    children.map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve();
          child.once("exit", () => resolve());
          child.kill(signal);
        }),
    ),
  );
}
