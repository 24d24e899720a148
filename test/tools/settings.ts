import { readFileSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { consumerResources, declaredConsumers } from "../../infra/consumers.js";
import { chatTopicOf, declaredWebhook, notificationResources } from "../../infra/notifications.js";
import { accountTemplate, roleResources } from "../../infra/roles.js";
import { rulesFrom } from "../../infra/rules.js";
import { scheduleResources } from "../../infra/schedules.js";
import { parseSettings } from "../../infra/settings.js";

/** The packaged template as it would be with another keyturn.yml, as far as that makes roles, schedules and what goes with consumers. */
export async function packagedWith(template: string, yaml: string, stage: string, folder: string): Promise<string> {
  const settings = settingsFrom(yaml);
  await mkdir(folder, { recursive: true });
  const beside = (await readdir(dirname(template))).filter((name) => name !== basename(template));
  for (const name of beside) await symlink(resolve(dirname(template), name), join(folder, name));
  const written = JSON.parse(await readFile(template, "utf8"));
  Object.assign(
    written.Resources,
    roleResources(settings, stage),
    scheduleResources(settings),
    consumerResources(settings),
    notificationResources(settings),
  );
  const teller = written.Resources.TellPeopleLambdaFunction.Properties;
  teller.Environment.Variables.KEYTURN_CHAT_TOPIC = chatTopicOf(settings);
  const file = join(folder, basename(template));
  await writeFile(file, JSON.stringify(written));
  return file;
}

/** What its functions find in their environments. */
export function environmentWith(
  yaml: string,
  stage: string,
  account = "000000000000",
): Readonly<Record<string, string>> {
  const settings = settingsFrom(yaml);
  return {
    KEYTURN_RULES: rulesFrom(settings, stage).replace("#{AWS::AccountId}", account).replace("#{AWS::Partition}", "aws"),
    KEYTURN_CONSUMERS: declaredConsumers(settings),
    KEYTURN_WEBHOOK: declaredWebhook(settings),
  };
}

/** The other accounts of a keyturn.yml, with the template that their owners deploy. */
export async function accountsIn(yaml: string, stage: string, folder: string, account = "000000000000") {
  const templateFile = join(folder, "account.json");
  await mkdir(folder, { recursive: true });
  await writeFile(templateFile, JSON.stringify(accountTemplate({ account, stage })));
  return settingsFrom(yaml).accounts.map((accountId) => ({ accountId, templateFile }));
}

export function settingsFrom(yaml: string) {
  return parseSettings(yaml, readFileSync("keyturn.schema.json", "utf8"));
}
