import { parseArgs } from "node:util";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { adopt } from "../src/adoption/adopt.js";
import { owner } from "../src/aws/owner.js";
import { commandLine, program } from "../stage/program.js";

const USAGE = `npm run -s adopt -- secret --schedule nightly [--stage dev] [--native]

Takes over a secret that another function rotates, and rotates nothing: looks first whether a rotation would work, and changes
nothing where it would not.
  --native   Secrets Manager's schedule goes on to count, with Keyturn's rotation function in the other's place.
             Without it its rotation is turned off, and the schedule of keyturn.yml counts.
npm run -s leave -- secret   gives it back.`;

const asked = commandLine(USAGE, () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      schedule: { type: "string", default: "" },
      stage: { type: "string", default: "dev" },
      native: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [secretId = ""] = positionals;
  if (!values.help && (!secretId || !values.schedule)) throw new Error("Say which secret, and which schedule");
  return { secretId, ...values };
});

await program(async () => {
  const { from } = await adopt(owner(new SecretsManagerClient({}), new SFNClient({})), asked);
  console.log(`${asked.secretId} is Keyturn's to rotate, on the schedule ${asked.schedule}; ${from} did before.`);
  return 0;
});
