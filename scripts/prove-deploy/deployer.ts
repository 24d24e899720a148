import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { ensurePackage, TEMPLATE } from "../../infra/package.mjs";
import { deployerPolicies, OSLS } from "../deployer/policy.js";
import { type Deployment, deploymentOf } from "./deployment.js";
import { ACCOUNT, type Emulator, REGION } from "./emulator.js";
import { must, type Scenario } from "./scenario.js";

/** Somebody who may do what `npm run deployer-policy` prints, and nothing else. */
export interface Deployer {
  /** For programs: the emulator's, with this one's key. */
  readonly env: NodeJS.ProcessEnv;
  /** What was asked for with this key until now, each once. */
  asked(): Promise<readonly Asked[]>;
}

export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly let: boolean;
}

/** A user with the policies of the stage, less one action where it is said. */
export async function deployerOf(emulator: Emulator, stage: string, without?: string): Promise<Deployer> {
  await ensurePackage();
  const template = JSON.parse(readFileSync(TEMPLATE, "utf8"));
  const documents = await deployerPolicies(template, { account: ACCOUNT, region: REGION, stage });
  const iam = new IAMClient(emulator.clientConfig);
  const UserName = `deployer-of-${stage}${without ? "-lacking" : ""}`;
  await iam.send(new CreateUserCommand({ UserName }));
  for (const [index, document] of documents.entries()) {
    const PolicyDocument = JSON.stringify(document).replace(`"${without}",`, "");
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: `${UserName}-${index + 1}`, PolicyDocument }),
    );
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: Policy?.Arn }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const keys = { AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey };
  return {
    env: { ...emulator.env, ...keys },
    async asked() {
      const lines = (await readFile(emulator.logFile, "utf8")).match(/(?<=^Asked for: ).*/gm) ?? [];
      const own = lines.filter((line) => JSON.parse(line).key === AccessKey?.AccessKeyId);
      return [...new Set(own)].map((line) => JSON.parse(line) as Asked);
    },
  };
}

/** The planted lack: without it a policy that allows nothing might deploy as well. */
export function lackingDeployer(emulator: Emulator, stage: string, settingsFile: string, settings: object): Scenario {
  const lack = "cloudformation:CreateStack";
  return [
    `A deployer who lacks ${lack}`,
    async () => {
      const lacking = deploymentOf(stage, emulator, settingsFile, (await deployerOf(emulator, stage, lack)).env);
      const refused = await lacking.deploy(settings).then(
        () => "",
        (error: Error) => error.message,
      );
      must(refused.includes(lack), `The deployment ended with: ${refused || "success"}`);
      must((await lacking.status()) === undefined, "There is a stack all the same.");
      return "is refused by name, and nothing is made";
    },
  ];
}

/** After deployments, updates and removals. */
export function nothingRefused(deployer: Deployer, deployment: Deployment): Scenario {
  return [
    "What the deployer asked for",
    async () => {
      const asked = await deployer.asked();
      const refused = asked.filter((one) => !one.let).map(({ action, resource }) => `${action} on ${resource}`);
      // osls asks whether there is a registry of images, and takes a refusal for a no.
      must(
        refused.every((one) => one.startsWith("ecr:DescribeRepositories")),
        `Refused: ${refused.join(", ")}`,
      );
      const actions = new Set(asked.filter((one) => one.let).map(({ action }) => action));
      must(actions.size > 0, `The log has nothing of the deployer of ${deployment.stage}.`);
      const never = OSLS.filter((action) => !actions.has(action));
      return `${actions.size} actions by osls, each allowed; never asked for here: ${never.join(", ") || "none"}`;
    },
  ];
}
