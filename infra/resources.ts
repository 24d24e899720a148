import { DETAIL_TYPES, SOURCE } from "../src/events/names.js";
import { alarmResources } from "./alarms.js";
import { consumerResources, declaredConsumers } from "./consumers.js";
import { dashboardResources } from "./dashboard.js";
import { figureAlarms } from "./figure-alarms.js";
import { type DeployedFunction, functionAlarms } from "./function-alarms.js";
import { keyArn as arnOfKey, key } from "./key.js";
import { machine } from "./names.js";
import { chatTopicOf, declaredWebhook, notificationResources } from "./notifications.js";
import { functionNames, roleResources } from "./roles.js";
import { rulesInTemplate } from "./rules.js";
import { gracePeriods, scheduleResources } from "./schedules.js";
import { readSettings } from "./settings.js";
import { RULE_ARNS } from "./trust.js";

/** What is given to a function that serverless.yml names. */
interface Serverless {
  readonly resolveVariable: <Value = string>(name: string) => Promise<Value>;
}

/** What Keyturn's events are called, for rules and state machines. */
export const events = { source: SOURCE, ...DETAIL_TYPES };

/** With their time-outs, as serverless.yml has them. */
const functionsOf = async ({ resolveVariable }: Serverless): Promise<DeployedFunction[]> => {
  const functions: Record<string, { timeout?: number }> = await resolveVariable("self:functions");
  const usual: number = await resolveVariable("self:provider.timeout");
  return Object.entries(functions).map(([name, { timeout = usual }]) => ({ name, timeout }));
};

const stageOf = ({ resolveVariable }: Serverless) => resolveVariable("sls:stage");

// What serverless.yml takes from keyturn.yml, each by its name here.
const settings = readSettings();

export const logRetentionDays = settings.logRetentionDays;
export const archiveDays = settings.archiveDays;
/** `null` takes the key out of a function's settings. */
export const vpc = settings.network ?? null;
export const keyArn = arnOfKey(settings);
export const ruleArns = RULE_ARNS;
/** By name: the machine names the function that is told this. */
export const rotateSecretArn = machine("rotate-secret");
export const checkSecretArn = machine("check-secret");
export const keys = () => key(settings);
export const roles = async (serverless: Serverless) => roleResources(settings, await stageOf(serverless));
export const schedules = () => scheduleResources(settings);
export const consumers = () => consumerResources(settings);
export const consumersToTell = declaredConsumers(settings);
export const alarms = async (serverless: Serverless) => ({
  ...alarmResources(settings),
  ...figureAlarms(),
  ...(settings.watch.functions ? functionAlarms(await functionsOf(serverless)) : {}),
});
export const dashboard = async (serverless: Serverless) =>
  settings.watch.dashboard
    ? dashboardResources(Object.keys(await alarms(serverless)), await functionsOf(serverless))
    : {};
export const chatTopic = chatTopicOf(settings);
export const webhook = declaredWebhook(settings);
export const outputs = () => (settings.notifications.chat ? { ChatTopicArn: { Value: { Ref: "ChatTopic" } } } : {});
export const notifications = () => notificationResources(settings);
/** Serverless makes the log groups; the key is added to them. */
export const logGroups = () =>
  Object.fromEntries(
    functionNames.map((name) => [`${name}LogGroup`, { Properties: { KmsKeyId: arnOfKey(settings) } }]),
  );
export const rules = async (serverless: Serverless) => rulesInTemplate(settings, await stageOf(serverless));
export const retireAfterMinutes = gracePeriods(settings);
