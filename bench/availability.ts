// What applications see of rotations: one on `@keyturn/client`, beside it one that reads the secret for each connection.
import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { commandLine, program, wholeNumber } from "../stage/program.js";
import { startMariadb } from "../stage/servers/mariadb.js";
import { about } from "./about.js";
import { type NotMeasured, serverOr } from "./arenas/all.js";
import { type AvailabilityFigures, measureAvailability } from "./availability/measure.js";
import { mariadbPlace, type Place, postgresPlace } from "./availability/places.js";
import type { AvailabilitiesFigures } from "./figures/data.js";

const USAGE = `npm run bench:availability -- [--rotations 100] [--json]

Measures what applications see while their secret is rotated, by each strategy.
  --rotations   of each strategy
  --json        one JSON document`;

const { rotations, json } = readOptions();

await program(async (interrupted) => {
  await ensurePackage();
  const made = about(`npm run -s bench:availability -- --rotations ${rotations} --json`);
  const results: AvailabilityFigures[] = [];
  for (const strategy of ["single-user", "alternating-users"] as const) {
    interrupted.throwIfAborted();
    results.push(...(await measured(strategy, await postgresPlace(strategy), interrupted)));
  }
  const notMeasured: NotMeasured[] = [];
  const mariadb = await serverOr("dual-password on MariaDB", startMariadb, interrupted);
  if ("reason" in mariadb) notMeasured.push(mariadb);
  else {
    try {
      results.push(...(await measured("dual-password", await mariadbPlace(mariadb), interrupted)));
    } finally {
      await mariadb.stop();
    }
  }
  const figures: AvailabilitiesFigures = { about: made, results, notMeasured };
  if (json) {
    console.log(JSON.stringify(figures, null, 2));
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
