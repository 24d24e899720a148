import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensurePackage, TEMPLATE } from "../../infra/package.mjs";
import { accountTemplate } from "../../infra/roles.js";
import { privateFolder } from "../../src/local/disk/private-folder.js";
import { stackNameFrom } from "../../src/local/template/resources.js";
import { loadTemplate } from "../../src/local/template/template.js";
import type { Ends } from "../proof/command.js";
import type { Report } from "../proof/report.js";
import { eventPatterns } from "./event-patterns.js";
import { linters } from "./linters.js";
import { models } from "./models.js";

/**
 * Holds the packaged template, that of other accounts, and the embedded cloud, against what AWS and others have published as software. `folder`:
 * what is fetched is kept there from run to run. What is started goes into `ends`.
 */
export async function proveRules(report: Report, folder: string, ends: Ends): Promise<void> {
  for (const path of [dirname(folder), folder]) privateFolder(path);
  await ensurePackage();
  const place = { region: "eu-central-1", accountId: "123456789012", stackName: stackNameFrom(TEMPLATE) };
  await eventPatterns(report, folder, loadTemplate(TEMPLATE, place));
  await models(report, folder, ends);
  const forOthers = join(folder, "account-template.json");
  writeFileSync(forOthers, JSON.stringify(accountTemplate({ account: place.accountId, stage: "dev" })));
  await linters(report, folder, [TEMPLATE, forOthers], ends);
}
