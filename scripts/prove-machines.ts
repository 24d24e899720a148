import { join } from "node:path";
import { proof } from "./proof/command.js";
import { proveMachines } from "./prove-machines/prove.js";

const USAGE = `npm run prove:machines -- [--json]

Plays every way through the state machines on two interpreters of Amazon States Language, that of the embedded cloud and the one
that moto carries, and compares states, inputs, tries and ends. Needs Python and PyPI; says so and skips where they are missing.
  --json   one JSON document; with npm run -s, nothing else`;

await proof(USAGE, (report, ends) => proveMachines(report, join(process.cwd(), ".keyturn", "prove-machines"), ends));
