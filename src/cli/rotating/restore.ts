import { executions } from "../../aws/executions.js";
import { ledger } from "../../aws/ledger.js";
import { changes } from "../../aws/overview/follow.js";
import { secretStore } from "../../aws/secret-store.js";
import type { LastRotation } from "../../rotation/ledger.js";
import type { SecretDescription } from "../../rotation/ports.js";
import type { Answer, Work } from "../command.js";
import { confirmed } from "../confirm.js";
import { EXIT } from "../exit.js";
import { UsageError } from "../failure.js";
import { plain } from "../style.js";
import { lineOf } from "./again.js";
import type { AskOptions } from "./asked.js";
import { called } from "./elsewhere.js";
import { nextLines } from "./ending.js";
import { rotateOne, start } from "./one.js";

export interface RestoreOptions extends AskOptions {
  readonly yes?: boolean;
  readonly detach?: boolean;
}

/**
 * Brings the credential before the current one back. Where a rotation made the current one, another rotation does it, in the
 * database and in the secret, held to what is on record. Where somebody else put the current version there, AWSCURRENT is moved
 * back to the one that Keyturn had made, and a dry run says whether it logs in. No value is read here.
 */
export async function restore(work: Work<RestoreOptions>, secretId: string): Promise<Answer> {
  const { deployment, host, options } = work;
  const described = await secretStore(await deployment.secrets()).describe(secretId);
  const secret = await called(deployment, secretId, described);
  const { TableName } = await deployment.outputs();
  const { last } = await ledger(await deployment.dynamodb(), TableName).look(secret.arn);
  const outside = movedOutside(secret, last);
  const does = outside
    ? `moves AWSCURRENT of ${secret.name} from ${outside.from}, which somebody else put there, back to ${outside.to}`
    : `makes the credential before the current one of ${secret.name} valid and current again`;
  await confirmed(host, { yes: options.yes ?? false, does: plain(does), word: "restore" });
  return outside ? movedBack(work, secret, outside) : rotateOne(work, secret.arn, { restore: true });
}

interface Move {
  readonly from: string;
  readonly to: string;
}

/** Only back to the version that the newest rotation made, which it had proven. */
function movedOutside({ versions }: SecretDescription, last: LastRotation | undefined): Move | undefined {
  const carrier = (label: string) => Object.keys(versions).find((id) => versions[id]?.includes(label));
  const [from, to] = [carrier("AWSCURRENT"), carrier("AWSPREVIOUS")];
  if (!from || !to || !last?.rotatedAt || last.outcome === "needs attention") return undefined;
  return last.madeCurrent === to ? { from, to } : undefined;
}

async function movedBack(work: Work<unknown>, { arn, name }: SecretDescription, move: Move): Promise<Answer> {
  const { deployment, options, progress } = work;
  const { moved } = await secretStore(await deployment.secrets()).moveCurrent(arn, move);
  if (!moved) throw new UsageError("AWSCURRENT was moved meanwhile. Nothing was done.");
  progress("AWSCURRENT is back. A dry run says whether it logs in.");
  const { CheckSecretArn } = await deployment.outputs();
  const executionArn = await start(work, CheckSecretArn, { secretId: arn });
  const ok = await isWell(work, executionArn);
  const next = [lineOf(ok ? ["rotate", name] : ["plan", name], options)];
  const message = ok
    ? "AWSCURRENT is on the version that Keyturn had made, and it is well."
    : "AWSCURRENT is on the version that Keyturn had made, but a dry run finds something wrong.";
  return {
    json: { secret: name, versionId: move.to, previousVersionId: move.from, ok, executionArn, message, next },
    text: (style) =>
      [
        `${ok ? style.green("✔") : style.red("✘")} ${style.bold(plain(name))}: ${message}`,
        ...nextLines(next, style),
      ].join("\n"),
    exit: ok ? EXIT.done : EXIT.notWell,
  };
}

async function isWell({ deployment, host }: Work<unknown>, executionArn: string): Promise<boolean> {
  const states = await deployment.states();
  for await (const _ of changes(states, executionArn, { signal: host.interrupted }));
  host.interrupted.throwIfAborted();
  const { output = "{}" } = (await executions(states).lookUp(executionArn)) ?? {};
  return (JSON.parse(output) as { ok?: unknown }).ok === true;
}
