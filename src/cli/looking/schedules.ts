import { listSecrets } from "../../aws/list-secrets.js";
import type { ListSecrets } from "../../fleet/page.js";
import { scheduleViews } from "../../overview/schedules.js";
import type { Answer, Work } from "../command.js";
import { look } from "./look.js";
import { scheduleText, strayText } from "./schedule-text.js";

export interface SchedulesOptions {
  readonly all?: boolean;
}

/** What `keyturn schedules` answers. */
export async function schedules(work: Work<SchedulesOptions>): Promise<Answer> {
  const { reached, lights } = await look(work);
  const counts = await countsOf(listSecrets(reached.secrets), work.options.stage);
  const views = scheduleViews(lights.deployed, counts, lights.now);
  const stray = Object.entries(counts)
    .filter(([name]) => !Object.hasOwn(lights.deployed.byName, name))
    .map(([name, count]) => ({ name, count }));
  const shown = views.filter(({ purpose }) => work.options.all || purpose === "rotates");
  return {
    json: { stage: work.options.stage, schedules: views, withoutClock: stray },
    text: (style) =>
      [...shown.map((one) => scheduleText(one, style, lights.now)), ...strayText(stray, style)].join("\n\n") ||
      "Nothing is scheduled.",
  };
}

/** How many secrets of the stage each schedule's name stands on. */
async function countsOf(list: ListSecrets, stage: string): Promise<Record<string, number>> {
  const counts = new Map<string, number>();
  let token: string | undefined;
  do {
    const { secrets, nextToken } = await list(token);
    for (const { tags } of secrets) {
      const schedule = tags["keyturn:schedule"]?.trim();
      if (schedule && tags["keyturn:stage"]?.trim() === stage) counts.set(schedule, (counts.get(schedule) ?? 0) + 1);
    }
    token = nextToken;
  } while (token);
  return Object.fromEntries(counts);
}
