import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { stringify } from "yaml";
import type { Emulator } from "./emulator.js";
import { endsWithUs } from "./group.js";

/** The stack of one stage, deployed by `serverless deploy`, which `keyturn deploy` runs. */
export interface Deployment {
  readonly stage: string;
  /** Runs `npx serverless deploy` with these settings as keyturn.yml. Throws with its output. */
  deploy(settings: object): Promise<void>;
  /** Runs `npx serverless remove`. Gives the logical ids of what CloudFormation has kept. */
  remove(): Promise<readonly string[]>;
  /** What a `Ref` to the resource gives; throws where the stack has none of that name. */
  ref(logicalId: string): Promise<string>;
  /** `CREATE_COMPLETE`, …; `undefined` where there is no such stack. */
  status(): Promise<string | undefined>;
}

/** `env`: with whose keys. */
export function deploymentOf(
  stage: string,
  emulator: Emulator,
  settingsFile: string,
  env: NodeJS.ProcessEnv,
): Deployment {
  const cloudFormation = new CloudFormationClient(emulator.clientConfig);
  const StackName = `keyturn-${stage}`;
  const serverless = async (command: string) => {
    const child = spawn("npx", ["serverless", command, "--stage", stage], {
      env: { ...env, KEYTURN_SETTINGS: settingsFile },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    endsWithUs(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`serverless ${command} --stage ${stage} failed: ${said(output)}`);
  };
  return {
    stage,
    async deploy(settings) {
      await writeFile(settingsFile, stringify(settings));
      await serverless("deploy");
    },
    async remove() {
      const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
      await serverless("remove");
      // A stack that is no more goes by its id.
      const { StackEvents = [] } = await cloudFormation.send(
        new DescribeStackEventsCommand({ StackName: Stacks[0]?.StackId }),
      );
      return StackEvents.filter(({ ResourceStatus }) => ResourceStatus === "DELETE_SKIPPED").map(
        ({ LogicalResourceId = "" }) => LogicalResourceId,
      );
    },
    async ref(logicalId) {
      const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
      const found = StackResources.find(({ LogicalResourceId }) => LogicalResourceId === logicalId);
      if (!found?.PhysicalResourceId) throw new Error(`${StackName} has no ${logicalId}.`);
      return found.PhysicalResourceId;
    },
    async status() {
      const { Stacks = [] } = await cloudFormation
        .send(new DescribeStacksCommand({ StackName }))
        .catch((error: Error) => {
          if (/does not exist/.test(error.message)) return { Stacks: [] };
          throw error;
        });
      return Stacks[0]?.StackStatus;
    },
  };
}

/** What osls says after `Error:`, or all of it. */
function said(output: string): string {
  return output.slice(Math.max(0, output.indexOf("Error:"))).trim();
}
