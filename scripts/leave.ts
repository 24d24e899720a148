import { parseArgs } from "node:util";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { leave } from "../src/adoption/adopt.js";
import { owner } from "../src/aws/owner.js";
import { commandLine, program } from "../stage/program.js";

const USAGE = `npm run -s leave -- secret [--stage dev] [--to function] [--every "rate(30 days)"]

Gives a secret back to the function that rotated it before npm run adopt, or to the one of this ARN, and rotates nothing. Its
schedule is the one that Secrets Manager remembers, or this: rate(…) or cron(…), in UTC.`;

const asked = commandLine(USAGE, () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      to: { type: "string" },
      every: { type: "string" },
      stage: { type: "string", default: "dev" },
      help: { type: "boolean", default: false },
    },
  });
  const [secretId = ""] = positionals;
  if (!values.help && !secretId) throw new Error("Say which secret");
  return {
    secretId,
    stage: values.stage,
    help: values.help,
    ...(values.to ? { to: values.to } : {}),
    ...(values.every ? { rules: { expression: values.every } } : {}),
  };
});

await program(async () => {
  const { to } = await leave(owner(new SecretsManagerClient({}), new SFNClient({})), asked);
  console.log(
    `${asked.secretId} is rotated by ${to} again, ${asked.rules ? asked.rules.expression : "on the schedule that Secrets Manager remembers"}.`,
  );
  return 0;
});
