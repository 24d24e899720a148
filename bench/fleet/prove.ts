import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removePostgres } from "../../src/local/postgres/cluster.js";
import { startPostgres } from "../../src/local/postgres/server.js";
import { type About, about } from "../about.js";
import type { FleetArena } from "./arena.js";
import { type BrokenFigures, measureBroken } from "./broken.js";
import { type HungFigures, measureHung } from "./hung.js";
import { type KilledFigures, measureKilled } from "./killed.js";
import { measureWhole, type WholeFigures } from "./whole.js";

export const PARTS = ["whole", "hung", "broken", "killed"] as const;
export type Part = (typeof PARTS)[number];

export interface ProofOptions {
  readonly secrets: number;
  readonly only: readonly Part[];
  /** The most secrets of the parts besides the whole. */
  readonly most: number;
  /** How many more are on the server that hangs. */
  readonly hung: number;
  readonly concurrency: number;
  /** JSON of what a schedule may say besides. */
  readonly input: string;
}

/** What `npm run -s bench:fleet -- --secrets N --json` prints; of a part that was left out, nothing. */
export interface ProofFigures extends Partial<WholeFigures> {
  readonly about: About;
  readonly secrets: number;
  readonly hung?: HungFigures;
  readonly broken?: BrokenFigures;
  readonly killed?: KilledFigures;
}

/** Runs fleets of real users on one PostgreSQL, each part in a cloud of its own. */
export async function proveFleets(options: ProofOptions, interrupted: AbortSignal): Promise<ProofFigures> {
  const { secrets, only, most, hung, concurrency, input } = options;
  const made = about(commandOf(options));
  const folder = await mkdtemp(join(tmpdir(), "keyturn-fleet-database-"));
  const dataDir = join(folder, "postgres");
  const database = await startPostgres({
    dataDir,
    superuserPassword: randomBytes(18).toString("base64url"),
    settings: { max_connections: "200" },
  });
  const arena: FleetArena = { database, concurrency, hung, more: JSON.parse(input), interrupted };
  const some = Math.min(secrets, most);
  const has = (part: Part) => {
    interrupted.throwIfAborted();
    // Standard output is for the figures.
    if (only.includes(part)) console.error(`Fleets: ${part}`);
    return only.includes(part);
  };
  try {
    return {
      about: made,
      secrets,
      ...(has("whole") ? await measureWhole(arena, secrets) : {}),
      ...(has("hung") ? { hung: await measureHung(arena, some) } : {}),
      ...(has("broken") ? { broken: await measureBroken(arena, some) } : {}),
      ...(has("killed") ? { killed: await measureKilled(arena, some) } : {}),
    };
  } finally {
    await database.stop();
    await removePostgres(dataDir);
    await rm(folder, { recursive: true, force: true });
  }
}

export function printProof({ about: _, hung, broken, killed, ...whole }: ProofFigures): void {
  console.table(whole);
  for (const [part, figures] of Object.entries({ hung, broken, killed }))
    if (figures) console.table({ [part]: figures });
}

function commandOf({ secrets, only, most, hung, concurrency, input }: ProofOptions): string {
  const parts = only.length < PARTS.length ? ` --only ${only.join(",")}` : "";
  const more = input === "{}" ? "" : ` --input '${input}'`;
  const sizes = `--secrets ${secrets}${parts} --most ${most} --hung ${hung} --concurrency ${concurrency}`;
  return `npm run -s bench:fleet -- ${sizes}${more} --json`;
}
