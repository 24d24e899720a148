import { secretDetails } from "../../aws/overview/details.js";
import { nextForSecret } from "../../overview/next.js";
import { answering, command, type MakeCommand } from "../command.js";
import { historyOf } from "../looking/history.js";
import { look } from "../looking/look.js";
import { managed } from "../looking/managed.js";
import { secretCard } from "../looking/secret-card.js";
import { lineOf } from "../rotating/again.js";
import { nextLines } from "../rotating/ending.js";

/** Of its timeline. */
const LATEST = 5;

/** `keyturn show shop/orders` */
export const show: MakeCommand = (host, exit) =>
  command("show <secret>", {
    summary: "one secret: state, age, versions, what to do",
    description: "Shows what is known of a secret, by its name or ARN. Its value is not read.",
    examples: [["keyturn show shop/orders", "what is known of it, and what to do next"]],
  }).action(
    answering(host, exit, async (work, secretId = "") => {
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
    }),
  );
