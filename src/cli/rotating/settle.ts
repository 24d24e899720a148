import { ledger } from "../../aws/ledger.js";
import { secretStore } from "../../aws/secret-store.js";
import type { AuditRecord } from "../../rotation/ledger.js";
import type { SecretDescription, SecretStore } from "../../rotation/ports.js";
import type { Answer, Work } from "../command.js";
import { canAsk, typed } from "../confirm.js";
import { EXIT } from "../exit.js";
import { UsageError } from "../failure.js";
import { plain, type Style } from "../style.js";
import { lineOf } from "./again.js";
import { nextLines } from "./ending.js";
import { rotateOne } from "./one.js";

/** Which of the two passwords the database takes, as a person has found out. */
export type Accepts = "current" | "new" | "neither";

export interface SettleOptions {
  readonly accepts?: Accepts;
}

/**
 * Walks a person through a secret whose facts disagree: what was found, how to find out more, and what to do in each case; then
 * a rotation proves it. It reads no value itself. Where nobody can be asked, it says what there is to be done.
 */
export async function settle(work: Work<SettleOptions>, secretId: string): Promise<Answer> {
  const { deployment, host, options, progress, style } = work;
  const store = secretStore(await deployment.secrets());
  const secret = await store.describe(secretId);
  const { TableName } = await deployment.outputs();
  const records = ledger(await deployment.dynamodb(), TableName);
  const { last, holder } = await records.look(secret.arn);
  if (holder) throw new UsageError(`${secret.name} is being rotated now. Look again when that has ended.`);
  const record =
    last?.outcome === "needs attention" ? await records.rotation(secret.arn, last.executionArn) : undefined;
  if (!record) return atRest(work, secret);
  if (!options.accepts && !canAsk(host)) return told(work, secret, record);
  for (const line of found(record, style)) progress(line);
  const accepts = options.accepts ?? (await asked(work, record));
  if (accepts === "new") await goOverTo(store, secret, record);
  progress("A rotation proves it.");
  return rotateOne({ ...work, options: { ...options, reason: `settles ${record.reason}` } }, secret.arn);
}

/** Two versions, of which nobody knows which the database takes. */
function isTwoSided({ versionId, previousVersionId }: AuditRecord): boolean {
  return versionId !== undefined && previousVersionId !== undefined && versionId !== previousVersionId;
}

async function asked({ host, progress, style }: Work<unknown>, record: AuditRecord): Promise<Accepts> {
  if (!isTwoSided(record)) {
    await done(host, "When what stopped it is mended, press Enter; Ctrl-C leaves it as it is. ");
    return "current";
  }
  const { versionId = "", previousVersionId = "" } = record;
  for (const line of [
    style.bold("Which password does the database take? Try each:"),
    ...(record.settle?.[0]?.run ?? []).map((one) => `  ${style.cyan(plain(one))}`),
    `  1  the one of ${plain(previousVersionId)}, which was current; or what stopped it is mended`,
    `  2  the one of ${plain(versionId)}, which was to be: AWSCURRENT is moved to it`,
    `  3  neither`,
  ])
    progress(line);
  const answer = await typed(host, "1, 2 or 3: ");
  if (answer === "1") return "current";
  if (answer === "2") return "new";
  if (answer !== "3") throw new UsageError("Nothing was done.");
  progress(`As an admin of the database, give the user the password of the version ${plain(previousVersionId)}.`);
  await done(host, "When that is done, press Enter; Ctrl-C leaves it as it is. ");
  return "neither";
}

async function done(host: Work<unknown>["host"], question: string): Promise<void> {
  if ((await typed(host, question)) !== "") throw new UsageError("Nothing was done.");
}

/** A compare-and-swap: where AWSCURRENT is somewhere else by now, nothing is done. */
async function goOverTo(store: SecretStore, { arn, versions }: SecretDescription, record: AuditRecord): Promise<void> {
  const { versionId = "", previousVersionId = "" } = record;
  if (!isTwoSided(record)) throw new UsageError("There is no other version that AWSCURRENT could be moved to.");
  if (versions[versionId]?.includes("AWSCURRENT")) return;
  const { moved } = await store.moveCurrent(arn, { from: previousVersionId, to: versionId });
  if (!moved) throw new UsageError("AWSCURRENT is on neither version by now: somebody moved it. Nothing was done.");
}

function found({ reason, message, facts = [] }: AuditRecord, style: Style): string[] {
  return [
    `${style.red("✘")} ${style.bold(plain(reason))}: ${plain(message)}`,
    ...facts.map((fact) => `  ${plain(fact)}`),
  ];
}

function told({ options }: Work<unknown>, { name }: SecretDescription, record: AuditRecord): Answer {
  const { settle = [] } = record;
  const next = (isTwoSided(record) ? ["current", "new"] : ["current"]).map((accepts) =>
    lineOf(["settle", name, "--accepts", accepts], options),
  );
  return {
    json: { secret: name, record, next },
    text: (style) =>
      [
        ...found(record, style),
        ...settle.flatMap(({ when, run }) => [
          style.bold(plain(when)),
          ...run.map((one) => `  ${style.cyan(plain(one))}`),
        ]),
        ...nextLines(next, style),
      ].join("\n"),
    exit: EXIT.needsAttention,
  };
}

function atRest({ options }: Work<unknown>, { name }: SecretDescription): Answer {
  const next = [lineOf(["show", name], options)];
  return {
    json: { secret: name, status: "at rest", next },
    text: (style) => [`${style.bold(plain(name))} needs nobody.`, ...nextLines(next, style)].join("\n"),
    exit: EXIT.skipped,
  };
}
