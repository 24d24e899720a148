import { parseArgs } from "node:util";
import { accountTemplate } from "../infra/roles.js";
import { readSettings } from "../infra/settings.js";
import { commandLine, program } from "../stage/program.js";

const USAGE = `npm run -s account-template -- --account 123456789012 [--stage dev]

Prints the CloudFormation template for other accounts whose secrets this deployment rotates, "accounts" in keyturn.yml: the
roles that its functions take on there. The same for each of them. Asks no AWS account anything.
  --account   the deployment's twelve digits: aws sts get-caller-identity --query Account --output text`;

const { account, stage } = commandLine(USAGE, () => {
  const { values } = parseArgs({
    options: {
      account: { type: "string", default: "" },
      stage: { type: "string", default: "dev" },
      help: { type: "boolean", default: false },
    },
  });
  if (!values.help && !/^\d{12}$/.test(values.account)) throw new Error("--account takes the account's twelve digits");
  if (!/^[A-Za-z0-9-]+$/.test(values.stage)) throw new Error("--stage takes letters, digits and hyphens");
  return values;
});

await program(async () => {
  if (readSettings().accounts.includes(account))
    throw new Error(`keyturn.yml names ${account} under "accounts", which has the others: take it out there.`);
  console.log(JSON.stringify(accountTemplate({ account, stage }), null, 2));
  return 0;
});
