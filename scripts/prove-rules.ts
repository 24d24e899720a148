import { join } from "node:path";
import { proof } from "./proof/command.js";
import { proveRules } from "./prove-rules/prove.js";

const USAGE = `npm run prove:rules -- [--json]

Holds the packaged template and the embedded cloud against the rules that AWS and others have published as software: event
patterns, CloudFormation, the shapes of requests and answers. Touches no AWS account. Needs Java, Python, Maven Central and
PyPI; says so and skips what it cannot have.
  --json   one JSON document; with npm run -s, nothing else`;

await proof(USAGE, (report, ends) => proveRules(report, join(process.cwd(), ".keyturn", "prove-rules"), ends));
