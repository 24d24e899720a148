import { Option } from "commander";
import { secretStatuses } from "../../aws/overview/secrets.js";
import { nextForSecret } from "../../overview/next.js";
import { isWell, type SecretStatus } from "../../overview/secret-status.js";
import { asFlag, countStates, STATES } from "../../overview/states.js";
import { answering, command, type MakeCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { live } from "../live.js";
import { look } from "../looking/look.js";
import { inOrder, statusTable } from "../looking/status-table.js";
import { lineOf } from "../rotating/again.js";
import { nextLines } from "../rotating/ending.js";

interface Options {
  readonly check?: boolean;
  readonly schedule?: string;
  readonly state?: string;
}

/** `keyturn status` */
export const status: MakeCommand = (host, exit) =>
  command("status", {
    summary: "all managed secrets, the worst first",
    examples: [
      ["keyturn status", "all, with the last failure of each"],
      ["keyturn status --check", "exits 3 where one is overdue, failing or needs attention"],
      ["keyturn status --state failing --json", "for a program"],
    ],
  })
    .option("--check", "exit 3 where something is overdue, failing or needs attention")
    .option("--schedule <name>", "only those on this schedule")
    .addOption(new Option("--state <state>", "only those in this state").choices(Object.keys(STATES).map(asFlag)))
    .action(
      answering<Options>(host, exit, async (work) => {
        const { check, schedule, state } = work.options;
        const { reached, lights } = await look(work);
        const shown = live(host);
        const all: SecretStatus[] = [];
        let seen = 0;
        try {
          for await (const page of secretStatuses(reached, lights)) {
            host.interrupted.throwIfAborted();
            seen += page.length;
            shown.print([], work.style.dim(`${seen.toLocaleString("en")} secrets …`));
            all.push(
              ...page.filter(
                (one) => (!schedule || one.schedule === schedule) && (!state || asFlag(one.state) === state),
              ),
            );
          }
        } finally {
          shown.end();
        }
        const secrets = inOrder(all);
        const well = secrets.every(isWell);
        const next = secrets[0] ? nextForSecret(secrets[0]).map((one) => lineOf(one, work.options)) : [];
        const { isTTY, columns = 80 } = host.stdout;
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
      }),
    );

const NONE = "No secret is managed yet. Store one: keyturn store. Or take one over: keyturn adopt <secret>";
