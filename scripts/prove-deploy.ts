import { join } from "node:path";
import { proof } from "./proof/command.js";
import { proveDeployment } from "./prove-deploy/prove.js";

const USAGE = `npm run prove:deploy -- [--json]

Deploys this checkout by npx serverless deploy to MiniStack, a cloud that others wrote, and has the deployed stack rotate on a
real PostgreSQL and MariaDB. Touches no AWS account. Needs Python and PyPI; says so and skips where they are missing.
  --json   one JSON document; with npm run -s, nothing else`;

// The newest SDK that Node.js 20 can use says so at every start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

await proof(USAGE, (report, ends) => proveDeployment(report, join(process.cwd(), ".keyturn", "prove"), ends));
