import { randomUUID } from "node:crypto";
import { follow } from "../../aws/overview/follow.js";
import { secretStore } from "../../aws/secret-store.js";
import type { Execution } from "../../overview/execution.js";
import type { Answer, Work } from "../command.js";
import { EXIT } from "../exit.js";
import { live } from "../live.js";
import { plain } from "../style.js";
import { lineOf } from "./again.js";
import { type AskOptions, asking } from "./asked.js";
import { isElsewhere } from "./elsewhere.js";
import { ended, nextLines } from "./ending.js";
import { phasePrinter } from "./phases.js";

/** A secret, as its owner calls it. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
}

/** Rotates a secret now; `restore`: to the credential before the current one. */
export async function rotateOne(
  work: Work<AskOptions & { readonly detach?: boolean }>,
  secretId: string,
  more: { readonly restore?: true } = {},
): Promise<Answer> {
  const { deployment, options } = work;
  const secret = (await isElsewhere(deployment, secretId))
    ? { arn: secretId, name: secretId }
    : await secretStore(await deployment.secrets()).describe(secretId);
  const { RotateSecretArn } = await deployment.outputs();
  const input = { secretId: secret.arn, ...(await asking(deployment, options)), ...more };
  const executionArn = await start(work, RotateSecretArn, input);
  return options.detach ? detached(work, secret, executionArn) : followed(work, secret, executionArn);
}

/** Starts an execution, under a name that nobody can take beforehand. */
export async function start(
  { deployment }: Pick<Work<unknown>, "deployment">,
  stateMachineArn: string,
  input: object,
): Promise<string> {
  const { StartExecutionCommand } = await import("@aws-sdk/client-sfn");
  const states = await deployment.states();
  const { executionArn = "" } = await states.send(
    new StartExecutionCommand({ stateMachineArn, name: randomUUID(), input: JSON.stringify(input) }),
  );
  return executionArn;
}

/** Shows a rotation until it has ended, or until Ctrl-C, which stops nothing but to look. */
export async function followed(work: Work<unknown>, secret: Secret, executionArn: string): Promise<Answer> {
  const { host, deployment, style, options } = work;
  const lines = live(host);
  const print = phasePrinter(lines, style);
  let last: Execution | undefined;
  try {
    for await (const execution of follow(await deployment.states(), executionArn, { signal: host.interrupted })) {
      last = execution;
      print(execution);
    }
  } finally {
    lines.end();
  }
  if (last?.end) return ended(executionArn, secret.name, { ...last, end: last.end }, options);
  return { ...detached(work, secret, executionArn), exit: EXIT.interrupted };
}

/** What is said of a rotation that goes on by itself. */
export function detached({ options }: Work<unknown>, { name }: Secret, executionArn: string): Answer {
  const next = [lineOf(["show", name], options)];
  return {
    json: { executionArn, secret: name, status: "running", next },
    text: (style) =>
      [
        `The rotation of ${style.bold(plain(name))} goes on in the cloud.`,
        `  ${executionArn}`,
        ...nextLines(next, style),
      ].join("\n"),
  };
}
