// What applications see of rotations: one on `@keyturn/client`, beside it one that reads the secret for each connection.
import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { startMariadb } from "../stage/servers/mariadb.js";
import { type AvailabilityFigures, measureAvailability } from "./availability/measure.js";
import { mariadbPlace, type Place, postgresPlace } from "./availability/places.js";

// The newest SDK that Node.js 20 can use says so at every start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, rotations: { type: "string", default: "100" } },
});
const rotations = Number(values.rotations);
if (!Number.isInteger(rotations) || rotations < 1) throw new Error("--rotations takes a whole number from 1.");
await ensurePackage();

const results: AvailabilityFigures[] = [];
const notMeasured: Array<{ strategy: string; reason: string }> = [];
results.push(...(await measured("single-user", await postgresPlace("single-user"))));
results.push(...(await measured("alternating-users", await postgresPlace("alternating-users"))));
const mariadb = await startMariadb().catch((error: Error) => error);
if (mariadb instanceof Error) {
  const reason = `MariaDB cannot be had here: ${mariadb.message}`;
  notMeasured.push({ strategy: "dual-password", reason });
  console.error(`\nNOT MEASURED: dual-password. ${reason}\n`);
} else {
  try {
    results.push(...(await measured("dual-password", await mariadbPlace(mariadb))));
  } finally {
    await mariadb.stop();
  }
}

if (values.json) {
  console.log(JSON.stringify({ results, ...(notMeasured.length > 0 ? { notMeasured } : {}) }, null, 2));
} else {
  console.log(
    `Applications that open connections as fast as they can during ${rotations} rotations of each strategy\n`,
  );
  console.table(results);
}

async function measured(strategy: string, place: Place): Promise<AvailabilityFigures[]> {
  try {
    return await measureAvailability(strategy, place, rotations);
  } finally {
    await place.stop();
  }
}
