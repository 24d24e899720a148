import { secretDetails } from "../../aws/overview/details.js";
import type { Reached } from "../../aws/overview/secrets.js";
import type { Lights } from "../../overview/seen.js";
import type { Answer, Work } from "../command.js";
import { lineOf } from "../rotating/again.js";
import { isElsewhere } from "../rotating/elsewhere.js";
import { nextLines } from "../rotating/ending.js";
import { look } from "./look.js";
import { managed } from "./managed.js";
import { historyOf } from "./timeline.js";
import { happeningLines } from "./timeline-lines.js";

export interface HistoryOptions {
  readonly limit: number;
  readonly before?: string;
}

/** What `keyturn history` answers. Of another account's secret, what the deployment has on record. */
export async function history(work: Work<HistoryOptions>, secretId: string): Promise<Answer> {
  const { limit, before } = work.options;
  const { reached, lights } = await look(work);
  const { secret, tags } = (await isElsewhere(work.deployment, secretId))
    ? { secret: { arn: secretId, name: secretId, schedule: "" }, tags: {} }
    : await seen(reached, lights, secretId);
  const page = { secret, tags, limit, ...(before === undefined ? {} : { before }) };
  const { happenings, next } = await historyOf(work, reached, page);
  const older = next === undefined ? [] : [lineOf(["history", secret.name, "--before", next], work.options)];
  return {
    json: { name: secret.name, arn: secret.arn, history: happenings, ...(next === undefined ? {} : { next }) },
    text: (style) =>
      happenings.length === 0
        ? `Nothing is on record of ${secret.name}${before === undefined ? " yet" : " before that"}.`
        : [...happenings.flatMap((one) => happeningLines(one, style)), ...nextLines(older, style)].join("\n"),
  };
}

async function seen(reached: Reached, lights: Lights, secretId: string) {
  const secret = await managed(reached, lights, secretId);
  const { tags } = await secretDetails(reached.secrets, secret.arn);
  return { secret, tags };
}
