import { ledger } from "../../aws/ledger.js";
import { secretStore } from "../../aws/secret-store.js";
import type { AuditRecord } from "../../rotation/ledger.js";
import type { SecretDescription, SecretStore } from "../../rotation/ports.js";
import { asker } from "../ask.js";
import type { Answer, Work } from "../command.js";
import { canAsk } from "../confirm.js";
import { EXIT } from "../exit.js";
import { UsageError } from "../failure.js";
import { plain, type Style } from "../style.js";
import { lineOf } from "./again.js";
import { called } from "./elsewhere.js";
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
  const secret = await called(deployment, secretId, await store.describe(secretId));
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

async function asked({ host, progress }: Work<unknown>, record: AuditRecord): Promise<Accepts> {
  const ask = await asker(host);
  const done = async (message: string) => {
    if (!(await ask.yes({ message, initial: true }))) throw new UsageError("Nothing was done.");
  };
  if (!isTwoSided(record)) {
    await done("Is what stopped it mended?");
    return "current";
  }
  const { versionId = "", previousVersionId = "", settle = [] } = record;
  progress("Try which password the database takes, with what these print:");
  for (const one of settle[0]?.run ?? []) progress(`  ${plain(one)}`);
  const accepts = await ask.choice({
    message: "Which password does the database take?",
    choices: [
      {
        value: "current",
        label: `that of ${plain(previousVersionId)}, which was current; or what stopped it is mended`,
      },
      { value: "new", label: `that of ${plain(versionId)}, which was to be: AWSCURRENT is moved to it` },
      { value: "neither", label: "neither" },
    ],
  });
  if (accepts === "neither")
    await done(
      `As an admin of the database, give the user the password of the version ${plain(previousVersionId)}. Is that done?`,
    );
  return accepts as Accepts;
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
