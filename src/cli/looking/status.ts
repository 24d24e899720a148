import { secretStatuses } from "../../aws/overview/secrets.js";
import { nextForSecret } from "../../overview/next.js";
import { isWell, type SecretStatus } from "../../overview/secret-status.js";
import { asFlag, countStates } from "../../overview/states.js";
import type { Answer, Work } from "../command.js";
import { EXIT } from "../exit.js";
import { live } from "../live.js";
import { lineOf } from "../rotating/again.js";
import { nextLines } from "../rotating/ending.js";
import { look } from "./look.js";
import { noSchedule } from "./no-schedule.js";
import { inOrder, statusTable } from "./status-table.js";

export interface StatusOptions {
  readonly check?: boolean;
  readonly schedule?: string;
  readonly state?: string;
}

/** What `keyturn status` answers. */
export async function status(work: Work<StatusOptions>): Promise<Answer> {
  const { check, schedule, state } = work.options;
  const { reached, lights } = await look(work);
  const shown = live(work.host);
  const all: SecretStatus[] = [];
  let seen = 0;
  try {
    for await (const page of secretStatuses(reached, lights)) {
      work.host.interrupted.throwIfAborted();
      seen += page.length;
      shown.print([], work.style.dim(`${seen.toLocaleString("en")} secrets …`));
      all.push(
        ...page.filter((one) => (!schedule || one.schedule === schedule) && (!state || asFlag(one.state) === state)),
      );
    }
  } finally {
    shown.end();
  }
  if (schedule && all.length === 0 && !state && !Object.hasOwn(lights.deployed.byName, schedule))
    throw noSchedule(schedule, work.options);
  const secrets = inOrder(all);
  const well = secrets.every(isWell);
  const next = secrets[0] ? nextForSecret(secrets[0]).map((one) => lineOf(one, work.options)) : [];
  const { isTTY, columns = 80 } = work.host.stdout;
  return {
    json: {
      stage: work.options.stage,
      at: lights.now.toISOString(),
      well,
      counts: countStates(secrets),
      secrets,
    },
    text: (style) =>
      [
        secrets.length === 0 && !schedule && !state
          ? NONE
          : statusTable(secrets, style, {
              now: lights.now,
              ...(isTTY ? { columns } : {}),
              all: state !== undefined,
            }),
        ...(isTTY ? nextLines(next, style) : []),
      ].join("\n"),
    exit: check && !well ? EXIT.notWell : EXIT.done,
  };
}

const NONE = "No secret is managed yet. Store one: keyturn store. Or take one over: keyturn adopt <secret>";
