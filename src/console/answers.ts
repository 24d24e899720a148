import type { Draft } from "../storing/draft.js";
import type { Question } from "../storing/questions.js";
import { text, texts } from "./routes/routes.js";

type Form = Readonly<Record<string, unknown>>;

/** The draft with what a form answers. What is secret is not in the form again, so leaving it empty keeps it. */
export function answered(draft: Draft, asked: readonly Question[], form: Form): Draft {
  return Object.assign({ ...draft }, ...asked.map((question) => answerTo(question, draft, form)));
}

function answerTo({ key, kind }: Question, draft: Draft, form: Form): Draft {
  switch (kind) {
    case "password": {
      const typed = text(form, key);
      return typed === "" ? {} : { [key]: typed };
    }
    case "list":
      return { [key]: linesOf(text(form, key)) };
    case "fields": {
      const [names, values] = [texts(form, "field"), texts(form, "value")];
      const typed = names.flatMap((name, index) => (name.trim() ? [[name.trim(), values[index] ?? ""]] : []));
      const removed = texts(form, "remove");
      const before = Object.entries(draft.fields ?? {}).filter(([name]) => !removed.includes(name));
      return { [key]: Object.fromEntries([...before, ...typed]) };
    }
    default:
      return { [key]: text(form, key).trim() };
  }
}

/** One a line, or several with commas between. */
function linesOf(typed: string): string[] {
  return typed
    .split(/[\n,]/)
    .map((one) => one.trim())
    .filter(Boolean);
}
