import { randomUUID } from "node:crypto";
import { arnOf, isTaken, storeSecret, validatePolicy } from "../../aws/storing.js";
import { mistakesIn } from "../../storing/checks.js";
import type { Draft, Key, Mistake, Offered } from "../../storing/draft.js";
import { requestsFor } from "../../storing/requests.js";
import { type Review, reviewOf } from "../../storing/review.js";
import { type Ask, asker, Cancelled } from "../ask.js";
import type { Answer, Work } from "../command.js";
import { canAsk } from "../confirm.js";
import { UsageError } from "../failure.js";
import { lineOf } from "../rotating/again.js";
import { nextLines } from "../rotating/ending.js";
import { plain, type Style, table } from "../style.js";
import { draftFrom, FLAGS, type StoreOptions } from "./flags.js";
import { readJson } from "./json.js";
import { type Tried, tried } from "./login.js";
import { offeredBy } from "./offered.js";
import { walk } from "./walk.js";

type StoreWork = Work<StoreOptions>;

/** Asks for what the command line does not say, tries the credential, shows the review, and stores once that is confirmed. */
export async function store(work: StoreWork, name: string | undefined): Promise<Answer> {
  const { host, options } = work;
  const given = await said(work, name);
  const offered = await offeredBy(work);
  refuse(mistakesIn(given, offered).filter(({ key }) => key in given));
  const ask = canAsk(host) ? await asker(host) : undefined;
  const draft = ask && !options.yes ? await walk(ask, given, offered, (key, one) => besides(work, key, one)) : given;
  await refuseUnfit(work, draft, offered);
  const token = randomUUID();
  const secrets = await work.deployment.secrets();
  await validatePolicy(secrets, requestsFor(draft, offered, token));
  const found = await tried(work, draft, ask);
  work.progress(shown(reviewOf(found.draft, offered), found, work.style));
  await confirm(work, ask);
  host.interrupted.throwIfAborted();
  const stored = await storeSecret(secrets, requestsFor(found.draft, offered, token));
  const next = found.draft.schedule
    ? (["plan", "rotate"] as const).map((command) => lineOf([command, stored.name], options))
    : [];
  return {
    json: {
      ...stored,
      ...{ schedule: found.draft.schedule || null, loginTried: found.login?.ok ?? null },
      next,
    },
    text: (style) =>
      [`${style.green("✔")} ${stored.name} is stored (${stored.arn}).`, ...nextLines(next, style)].join("\n"),
  };
}

async function said({ host, options, deployment }: StoreWork, name: string | undefined): Promise<Draft> {
  if (options.password !== undefined)
    throw new UsageError(
      "A password on a command line is seen by others (ps, the shell's history). Pipe it in: --from -",
    );
  const draft = draftFrom(name, options, options.from ? await readJson(host, options.from) : undefined);
  const { admin } = draft;
  if (!admin || admin.startsWith("arn:")) return draft;
  return { ...draft, admin: await arnOf(await deployment.secrets(), admin) };
}

/** A name that is taken is told while there is still a person to choose another. */
async function besides({ deployment }: StoreWork, key: Key, { name = "" }: Draft): Promise<string | undefined> {
  if (key !== "name") return undefined;
  return (await isTaken(await deployment.secrets(), name)) ? taken(name) : undefined;
}

const taken = (name: string) => `There is a secret called ${name} already, or its deletion is still to come.`;

async function refuseUnfit(work: StoreWork, draft: Draft, offered: Offered): Promise<void> {
  const asked = canAsk(work.host) ? "" : " There is nobody to ask here.";
  refuse(mistakesIn(draft, offered), asked);
  const mistake = await besides(work, "name", draft);
  if (mistake) throw new UsageError(mistake);
}

function refuse(mistakes: readonly Mistake[], besides = ""): void {
  if (mistakes.length === 0) return;
  const lines = mistakes.map(({ key, message }) => `${FLAGS[key]}: ${message}`);
  throw new UsageError(`${lines.join("\n  ")}${besides}`);
}

async function confirm({ host, options }: StoreWork, ask: Ask | undefined): Promise<void> {
  if (options.yes) return;
  if (!ask)
    throw new UsageError("Nothing is stored yet, and nobody can be asked here: say --yes, if the review is right.");
  if (!(await ask.yes({ message: "Store it?", initial: true }))) throw new Cancelled();
  host.interrupted.throwIfAborted();
}

function shown({ sections, notes }: Review, { login }: Tried, style: Style): string {
  const rows = sections.flatMap(({ title, rows: own }) => [
    [style.bold(title), ""],
    ...own.map(([label, value]) => [`  ${style.dim(label)}`, plain(value)]),
  ]);
  const all = login
    ? [...rows, [style.bold("The credential"), ""], [`  ${style.dim("login")}`, plain(login.said)]]
    : rows;
  return ["", table(all), ...notes.map((note) => `${style.yellow("▲")} ${plain(note)}`), ""].join("\n");
}
