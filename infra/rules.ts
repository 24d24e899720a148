import type { Rules } from "../src/rotation/rules.js";
import { sub } from "./cloudformation.js";
import { consumerRules, declaredConsumers } from "./consumers.js";
import { gracePeriods } from "./schedules.js";
import type { Settings } from "./settings.js";

/** All environment variables of a function together: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const MOST_BYTES = 4_096;
/** For the other variables, names and all. */
const KEPT_BYTES = 512;

/** Where the deployment is itself, as CloudFormation puts it in. */
const HERE = { partition: "#{AWS::Partition}", own: "#{AWS::AccountId}" };

/** The rules as JSON. Throws where they do not fit into a function's environment. */
export function rulesFrom(settings: Settings, stage: string): string {
  const { schedules, admins, readers, accounts, restore, atOncePerServer, writesPerSecond } = settings;
  const consumers = consumerRules(settings);
  const rules: Rules = {
    stage,
    admins: admins.map(({ secret, for: prefixes, superuser }) => ({ arn: secret, for: prefixes, superuser })),
    readers,
    mayAskFor: Object.fromEntries(
      Object.entries(schedules).flatMap(([name, { mayAskFor }]) => (mayAskFor ? [[name, mayAskFor]] : [])),
    ),
    accounts: { ...HERE, others: accounts },
    ...(restore ? { restore } : {}),
    atOncePerServer,
    writesPerSecond,
    ...(consumers ? { consumers } : {}),
  };
  const text = JSON.stringify(rules);
  // No function has both of these besides.
  const besides = [gracePeriods(settings), declaredConsumers(settings)].map((one) => Buffer.byteLength(one));
  const bytes = Buffer.byteLength(text) + Math.max(...besides);
  if (bytes > MOST_BYTES - KEPT_BYTES)
    throw new Error(
      `keyturn.yml:\n  admins, readers, accounts, consumers and schedules take ${bytes} bytes of the functions' environment, which has ` +
        `${MOST_BYTES - KEPT_BYTES} for them. Say it by the admin secrets' own tags (keyturn:admin with the beginnings ` +
        "of names), and use fewer and wider patterns for readers.",
    );
  return text;
}

/** The same, as a template has them: with nothing for CloudFormation to put in but what is meant. */
export function rulesInTemplate(settings: Settings, stage: string): unknown {
  return sub(rulesFrom(settings, stage).replaceAll("${", "${!"));
}
