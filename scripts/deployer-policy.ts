import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensurePackage, TEMPLATE } from "../infra/package.mjs";
import { commandLine, program } from "../stage/program.js";
import { stackOf } from "./deployer/place.js";
import { deployerPolicies } from "./deployer/policy.js";

const USAGE = `npm run -s deployer-policy -- --account 123456789012 [--stage dev] [--region eu-central-1] [--out FOLDER]

Prints what whoever deploys this checkout may do, as IAM policies: made from the packaged template and keyturn.yml. Asks no
AWS account anything.
  --account   twelve digits: aws sts get-caller-identity --query Account --output text
  --out       writes a file for each policy instead, and prints the commands that give them to the role deployer`;

const { account, stage, region, out } = commandLine(USAGE, () => {
  const { values } = parseArgs({
    options: {
      account: { type: "string", default: "" },
      stage: { type: "string", default: "dev" },
      region: { type: "string", default: process.env.AWS_REGION ?? "eu-central-1" },
      out: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (!values.help && !/^\d{12}$/.test(values.account)) throw new Error("--account takes the account's twelve digits");
  return values;
});

await program(async () => {
  await ensurePackage();
  const place = { account, stage, region };
  const documents = await deployerPolicies(JSON.parse(readFileSync(TEMPLATE, "utf8")), place);
  if (out === undefined) {
    console.log(JSON.stringify(documents, null, 2));
    return 0;
  }
  mkdirSync(out, { recursive: true });
  documents.forEach((document, index) => {
    const name = `${stackOf(place)}-deployer-${index + 1}`;
    const file = join(out, `${name}.json`);
    writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
    console.log(`aws iam create-policy --policy-name ${name} --policy-document file://${file}`);
    console.log(`aws iam attach-role-policy --role-name deployer --policy-arn arn:aws:iam::${account}:policy/${name}`);
  });
  return 0;
});
