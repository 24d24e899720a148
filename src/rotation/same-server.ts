import type { DatabaseSecret } from "../secrets/format.js";
import type { Databases } from "./ports.js";

type Engines = { readonly databases: Pick<Databases, "engine"> };
type Named = Pick<DatabaseSecret, "engine" | "host" | "port" | "tls">;

/**
 * The key by which two secrets name different servers; `undefined` where it is the same one. `ssl`: what one proves by TLS
 * the other would believe without.
 */
export function differentServer(
  reach: Engines,
  one: Named,
  two: Named,
): "engine" | "host" | "port" | "ssl" | undefined {
  const same = {
    engine: engineOf(reach, one.engine) === engineOf(reach, two.engine),
    host: one.host.toLowerCase() === two.host.toLowerCase(),
    port: portOf(reach, one) === portOf(reach, two),
    ssl: two.tls || !one.tls,
  };
  return (["engine", "host", "port", "ssl"] as const).find((key) => !same[key]);
}

function engineOf(reach: Engines, engine: string): string {
  return reach.databases.engine(engine).name;
}

function portOf(reach: Engines, { engine, port }: Named): number {
  return port ?? reach.databases.engine(engine).traits.defaultPort;
}
