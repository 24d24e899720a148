import { parseArgs } from "node:util";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { type Rotating, switchRotation } from "../src/adoption/native.js";
import { owner } from "../src/aws/owner.js";
import { commandLine, program } from "../stage/program.js";

const USAGE = `npm run -s native -- secret on | off | --every "rate(30 days)" [--stage dev]

Says whether Secrets Manager knows of a secret's rotations, and whose schedule counts. Rotates nothing.
  on        Keyturn's schedule counts; each rotation goes through Secrets Manager, so LastRotatedDate is true
  --every   Secrets Manager's own schedule counts: rate(…) or cron(…), in UTC
  off       Keyturn's schedule counts; Secrets Manager's rotation is off`;

const BY_WORD: Readonly<Record<string, Rotating>> = { on: { by: "keyturn, natively" }, off: { by: "keyturn" } };

const asked = commandLine(USAGE, () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      every: { type: "string" },
      stage: { type: "string", default: "dev" },
      help: { type: "boolean", default: false },
    },
  });
  const [secretId = "", how = ""] = positionals;
  const to: Rotating | undefined =
    values.every === undefined ? BY_WORD[how] : { by: "secrets manager", rules: { expression: values.every } };
  if (values.help) return { help: true, secretId, stage: values.stage, to: { by: "keyturn" } as Rotating };
  if (!secretId || !to || (how !== "" && values.every !== undefined))
    throw new Error("Say which secret, and one of on, off and --every");
  return { help: false, secretId, stage: values.stage, to };
});

await program(async () => {
  await switchRotation(owner(new SecretsManagerClient({}), new SFNClient({})), asked);
  console.log(`${asked.secretId} is rotated by the schedule of ${asked.to.by}.`);
  return 0;
});
