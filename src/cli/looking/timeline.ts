import { deployedRules } from "../../aws/overview/deployed-rules.js";
import type { Reached } from "../../aws/overview/secrets.js";
import { timeline } from "../../aws/overview/timeline.js";
import type { TimelinePage } from "../../overview/timeline.js";
import { consumersOf } from "../../rotation/consumers.js";
import type { Work } from "../command.js";

export interface HistoryRequest {
  readonly secret: { readonly arn: string; readonly name: string; readonly schedule: string };
  readonly tags: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly before?: string;
}

/** A page of a secret's timeline, with the consumers that it may have told. */
export async function historyOf(
  { deployment }: Pick<Work<unknown>, "deployment">,
  { dynamodb, table }: Pick<Reached, "dynamodb" | "table">,
  { secret, tags, limit, before }: HistoryRequest,
): Promise<TimelinePage> {
  const rules = await deployedRules(await deployment.lambda(), deployment.stackName);
  const said = tags["keyturn:consumers"]?.split(/\s+/).filter((name) => name !== "" && name !== "none");
  const consumers = rules
    ? consumersOf(secret, { schedule: secret.schedule, ...(said ? { consumers: said } : {}) }, rules)
    : (said ?? []);
  return timeline(
    dynamodb,
    table,
  )({
    secretArn: secret.arn,
    consumers,
    limit,
    ...(before === undefined ? {} : { before }),
  });
}
