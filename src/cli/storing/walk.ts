import { mistakeIn } from "../../storing/checks.js";
import type { Draft, Key, Offered } from "../../storing/draft.js";
import { type Question, questions } from "../../storing/questions.js";
import type { Ask } from "../ask.js";

/** Says what is wrong with an answer beyond what the answer itself shows. */
export type Besides = (key: Key, draft: Draft) => Promise<string | undefined>;

/** Asks for all that a draft does not say yet; what few secrets need, only where it is asked for. */
export async function walk(ask: Ask, draft: Draft, offered: Offered, besides: Besides): Promise<Draft> {
  let answers = draft;
  const answer = async (question: Question) => {
    answers = { ...answers, [question.key]: await one(ask, question, answers, offered, besides) };
  };
  for (;;) {
    const next = questions(answers, offered).find(({ key, aside }) => !aside && !(key in answers));
    if (!next) break;
    await answer(next);
  }
  const asides = questions(answers, offered).filter(({ key, aside }) => aside && !(key in answers));
  if (asides.length === 0) return answers;
  const choices = asides.map(({ key, aside = "" }) => ({ value: key, label: aside }));
  const chosen = await ask.several({ message: "Does it get anything else? (space chooses, Enter goes on)", choices });
  for (const question of asides) if (chosen.includes(question.key)) await answer(question);
  return answers;
}

async function one(
  ask: Ask,
  question: Question,
  draft: Draft,
  offered: Offered,
  besides: Besides,
): Promise<Draft[Key]> {
  const { key, kind, ask: message, hint, otherwise, options = [] } = question;
  const wrong = async (answer: Draft[Key]) => {
    const said = { ...draft, [key]: answer };
    return mistakeIn(key, said, offered) ?? (await besides(key, said));
  };
  switch (kind) {
    case "choice": {
      for (;;) {
        const chosen = await ask.choice({ message, choices: options });
        const mistake = await wrong(chosen);
        if (!mistake) return chosen;
        await ask.say(mistake);
      }
    }
    case "password":
      return ask.hidden({ message, hint, check: wrong });
    case "fields":
      return fields(ask, message, (answer) => wrong(answer));
    case "list":
      return listOf(key, await ask.line({ message, hint, check: (text) => wrong(listOf(key, text)) }));
    default:
      return ask.line({ message, hint: otherwise ?? hint, check: wrong });
  }
}

/** Names until there are no more, each with its value. */
async function fields(
  ask: Ask,
  message: string,
  wrong: (fields: Readonly<Record<string, string>>) => Promise<string | undefined>,
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (;;) {
    const name = await ask.line({
      message: Object.keys(found).length === 0 ? `${message} A name:` : "Another name:",
      hint: Object.keys(found).length === 0 ? "apiKey" : "Enter: that is all",
      check: async (text) => (text === "" ? wrong(found) : undefined),
    });
    if (name === "") return found;
    found[name] = await ask.hidden({ message: `And the value of ${name}?` });
  }
}

/** Commas divide, and blanks where no answer has any in it. */
export function listOf(key: Key, text: string): readonly string[] {
  return text
    .split(key === "tags" ? /,/ : /[\s,]+/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}
