import { readFile } from "node:fs/promises";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { deployerPolicies, OSLS, type Template } from "../deployer/policy.js";
import type { Deployment } from "./deployment.js";
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

/** A user with the stage's policies, made from the packaged template; less one action where it is said. */
export async function deployerOf(
  emulator: Emulator,
  template: Template,
  stage: string,
  without?: string,
): Promise<Deployer> {
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

/** What is planted: without it, policies that nobody asks would deploy as well. `deployment`: as who may not make its stack. */
export function refusedDeployer(who: string, deployment: Deployment, settings: object): Scenario {
  return [
    `A deployer ${who}`,
    async () => {
      const refused = await deployment.deploy(settings).then(
        () => "with success",
        (error: Error) => error.message,
      );
      must(/not authorized to perform: cloudformation:/.test(refused), `The deployment ended: ${refused}`);
      must((await deployment.status()) === undefined, "There is a stack all the same.");
      return `${/cloudformation:\w+/.exec(refused)?.[0]} is refused, and nothing is made`;
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
