import { secretDetails } from "../../aws/overview/details.js";
import { nextForSecret } from "../../overview/next.js";
import type { Answer, Work } from "../command.js";
import { lineOf } from "../rotating/again.js";
import { isElsewhere } from "../rotating/elsewhere.js";
import { nextLines } from "../rotating/ending.js";
import { history } from "./history.js";
import { look } from "./look.js";
import { managed } from "./managed.js";
import { secretCard } from "./secret-card.js";
import { historyOf } from "./timeline.js";

/** Of its timeline. */
const LATEST = 5;

/** What `keyturn show` answers. Of another account's secret, the latest that is on record: the secret itself its own people see. */
export async function show(work: Work<unknown>, secretId: string): Promise<Answer> {
  if (await isElsewhere(work.deployment, secretId))
    return history({ ...work, options: { ...work.options, limit: LATEST } }, secretId);
  const { reached, lights } = await look(work);
  const status = await managed(reached, lights, secretId);
  const details = await secretDetails(reached.secrets, status.arn);
  const { happenings } = await historyOf(work, reached, { secret: status, tags: details.tags, limit: LATEST });
  const schedule = lights.deployed.byName[status.schedule];
  const next = [...nextForSecret(status), ["history", status.name] as const]
    .filter(([name], index, all) => all.findIndex(([other]) => other === name) === index)
    .map((one) => lineOf(one, work.options));
  return {
    json: { ...status, ...details, history: happenings, next },
    text: (style) =>
      [
        secretCard({ status, details, latest: happenings, ...(schedule ? { schedule } : {}) }, style, lights.now),
        "",
        ...nextLines(next, style),
      ].join("\n"),
  };
}
