import { answering, command, type MakeCommand } from "../command.js";
import type { DeployOptions } from "../deploying/deploy.js";

/** `keyturn deploy --stage dev` */
export const deploy: MakeCommand = (host, exit) =>
  command("deploy", {
    summary: "check, then serverless deploy",
    description:
      "Looks at keyturn.yml and at what whoever deploys may do, and changes nothing where either is wrong; runs serverless deploy then, and ends with its exit code.",
    examples: [
      ["keyturn deploy --stage dev --region eu-central-1", "these are the defaults"],
      ["keyturn deploy --profile deployer", "by a role that may deploy"],
    ],
  })
    .option("--skip-permissions", "do not ask IAM what the deployer may do")
    .action(
      answering<DeployOptions>(host, exit, async (work) => {
        const { deploy: deployed } = await import("../deploying/deploy.js");
        return deployed(work);
      }),
    );
