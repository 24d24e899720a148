// What applications see of rotations: one on `@keyturn/client`, beside it one that reads the secret for each connection.
import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { commandLine, program, wholeNumber } from "../stage/program.js";
import { startMariadb } from "../stage/servers/mariadb.js";
import { type AvailabilityFigures, measureAvailability } from "./availability/measure.js";
import { mariadbPlace, type Place, postgresPlace } from "./availability/places.js";

const USAGE = `npm run bench:availability -- [--rotations 100] [--json]

Measures what applications see while their secret is rotated, by each strategy.
  --rotations   of each strategy
  --json        one JSON document`;

const { rotations, json } = readOptions();

await program(async (interrupted) => {
  await ensurePackage();
  const results: AvailabilityFigures[] = [];
  for (const strategy of ["single-user", "alternating-users"] as const) {
    interrupted.throwIfAborted();
    results.push(...(await measured(strategy, await postgresPlace(strategy), interrupted)));
  }
  const notMeasured: Array<{ strategy: string; reason: string }> = [];
  const mariadb = await startMariadb().catch((error: Error) => error);
  if (mariadb instanceof Error) {
    interrupted.throwIfAborted();
    const reason = `MariaDB cannot be had here: ${mariadb.message}`;
    notMeasured.push({ strategy: "dual-password", reason });
    console.error(`\nNOT MEASURED: dual-password. ${reason}\n`);
  } else {
    try {
      results.push(...(await measured("dual-password", await mariadbPlace(mariadb), interrupted)));
    } finally {
      await mariadb.stop();
    }
  }
  if (json) {
    console.log(JSON.stringify({ results, ...(notMeasured.length > 0 ? { notMeasured } : {}) }, null, 2));
  } else {
    console.log(
      `Applications that open connections as fast as they can during ${rotations} rotations of each strategy\n`,
    );
    console.table(results);
  }
  return 0;
});

async function measured(strategy: string, place: Place, interrupted: AbortSignal): Promise<AvailabilityFigures[]> {
  try {
    return await measureAvailability(strategy, place, rotations, interrupted);
  } finally {
    await place.stop();
  }
}

function readOptions() {
  return commandLine(USAGE, () => {
    const { values } = parseArgs({
      options: {
        rotations: { type: "string", default: "100" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return { ...values, rotations: wholeNumber("rotations", values.rotations, 1) };
  });
}
