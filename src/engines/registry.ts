import { KeyturnError } from "../errors.js";
import * as documentdb from "./documentdb/traits.js";
import type { Engine } from "./engine.js";
import { guarded } from "./guard.js";
import * as mariadb from "./mariadb/traits.js";
import * as mysql from "./mysql/traits.js";
import * as oracle from "./oracle/traits.js";
import * as postgres from "./postgres/traits.js";
import * as redshift from "./redshift/traits.js";
import * as sqlserver from "./sqlserver/traits.js";

/** What is known of an engine without its driver. */
export type KnownEngine = Pick<Engine, "name" | "traits" | "loginsOf">;

interface Entry extends KnownEngine, Pick<Engine, "accepts"> {
  /** The folder with its driver, loaded when it is first needed. */
  readonly load: () => Promise<Engine>;
}

const ENGINES: readonly Entry[] = [
  { ...postgres, load: async () => (await import("./postgres/engine.js")).postgres },
  { ...mysql, load: async () => (await import("./mysql/engine.js")).mysql },
  { ...documentdb, load: async () => (await import("./documentdb/engine.js")).documentdb },
  { ...mariadb, load: async () => (await import("./mariadb/engine.js")).mariadb },
  { ...oracle, load: async () => (await import("./oracle/engine.js")).oracle },
  { ...redshift, load: async () => (await import("./redshift/engine.js")).redshift },
  { ...sqlserver, load: async () => (await import("./sqlserver/engine.js")).sqlserver },
];

/** As records name them. */
export const ENGINE_NAMES: readonly string[] = ENGINES.map(({ name }) => name);

/** What is known of the engine that a secret's `engine` key means, without its driver. Throws `UnknownEngine`. */
export function engineTraits(engine: string): KnownEngine {
  const { name, traits, loginsOf } = entry(engine);
  return { name, traits, loginsOf };
}

/** The engine, guarded, with its driver. Throws `UnknownEngine`. */
export async function engineFor(engine: string): Promise<Engine> {
  return guarded(await entry(engine).load());
}

function entry(engine: string): Entry {
  const found = ENGINES.find(({ accepts }) => accepts.includes(engine));
  if (found) return found;
  throw new KeyturnError("InvalidSecretError", {
    code: "UnknownEngine",
    message: `"engine" in the secret is none that Keyturn knows. It may be ${ENGINES.flatMap(({ accepts }) => accepts).join(", ")}.`,
  });
}
