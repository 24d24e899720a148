import { join } from "node:path";
import { parseArgs } from "node:util";
import { commandLine } from "../stage/program.js";
import { type Ends, proveDeployment } from "./prove-deploy/prove.js";
import { reportTo } from "./prove-deploy/report.js";

const USAGE = `npm run prove:deploy -- [--json]

Deploys this checkout by npx serverless deploy to MiniStack, a cloud that others wrote, and has the deployed stack rotate on a
real PostgreSQL and MariaDB. Touches no AWS account. Needs Python and PyPI; says so and skips where they are missing.
  --json   one JSON document; with npm run -s, nothing else`;

// The newest SDK that Node.js 20 can use says so at every start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const { json } = readOptions();
const report = reportTo(process.stderr);
const ends: Ends = [];
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void endAll().finally(() => process.exit(130)));

try {
  await proveDeployment(report, join(process.cwd(), ".keyturn", "prove"), ends);
} catch (error) {
  report.fail("What the scenarios need", (error as Error).message);
} finally {
  await endAll();
}
const failed = report.ran.filter(({ ok }) => ok === false);
if (json) console.log(JSON.stringify({ ran: report.ran }, null, 2));
process.exitCode = failed.length > 0 ? 1 : 0;

async function endAll(): Promise<void> {
  for (let end = ends.pop(); end; end = ends.pop()) await end().catch((error: Error) => console.error(error.message));
}

function readOptions() {
  return commandLine(USAGE, () => {
    const { values } = parseArgs({
      options: { json: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    });
    return values;
  });
}
