import { engineFor, engineTraits } from "../engines/registry.js";
import type { Databases } from "../rotation/ports.js";

/**
 * The databases of the registry, reached over the network. `caFile`: certificate authorities to trust beside Node's
 * own, PEM; `undefined` for none.
 */
export function databases(caFile: string | undefined): Databases {
  return {
    engine: engineTraits,
    async login({ engine: name, host, port, database, tls, username, password, mayAskFor }, { reader = false } = {}) {
      const engine = await engineFor(name);
      const inDatabase = database ?? engine.traits.defaultDatabase;
      return engine.connect({
        target: {
          host,
          port: port ?? engine.traits.defaultPort,
          tls,
          ...(inDatabase ? { database: inDatabase } : {}),
          ...(reader ? { reader } : {}),
        },
        credential: { username, password },
        ...(mayAskFor ? { mayAskFor } : {}),
        ...(caFile ? { caFile } : {}),
        ...TIMEOUTS,
      });
    },
  };
}

/** Milliseconds. Together well under the functions' time-outs, so that a hanging server is told as such. */
const TIMEOUTS = { connectTimeoutMs: 5_000, statementTimeoutMs: 8_000 };
