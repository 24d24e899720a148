import { keyArn as arnOfKey, key } from "./key.js";
import { notificationResources } from "./notifications.js";
import { roleResources } from "./roles.js";
import { scheduleResources } from "./schedules.js";
import { readSettings } from "./settings.js";

// What serverless.yml takes from keyturn.yml, each by its name here.
const settings = readSettings();

export const logRetentionDays = settings.logRetentionDays;
/** `null` takes the key out of a function's settings. */
export const vpc = settings.network ?? null;
export const keyArn = arnOfKey(settings);
export const keys = () => key(settings);
export const roles = () => roleResources(settings);
export const schedules = () => scheduleResources(settings);
export const notifications = () => notificationResources(settings);
/** Serverless makes the log groups; the key is added to them. */
export const logGroups = () =>
  Object.fromEntries(
    [
      "Plan",
      "CreateSecret",
      "SetSecret",
      "TestSecret",
      "FinishSecret",
      "RollBack",
      "Record",
      "SumUpChecks",
      "ListDue",
      "SumUp",
    ].map((name) => [`${name}LogGroup`, { Properties: { KmsKeyId: arnOfKey(settings) } }]),
  );
