import type { Host } from "./host.js";
import { plain } from "./style.js";

/** One of several answers. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

interface Common {
  readonly message: string;
}

interface Line extends Common {
  readonly hint?: string | undefined;
  /** Says what is wrong with an answer, in a sentence; `undefined` for a good one. */
  readonly check?: ((answer: string) => string | undefined | Promise<string | undefined>) | undefined;
}

/** Asks a person on a terminal; each answer throws `Cancelled` where there is none, and nothing typed stays on the screen of `hidden`. */
export interface Ask {
  /** Empty where nothing was typed; `hint` stands in its place. */
  line(question: Line & { readonly initial?: string }): Promise<string>;
  hidden(question: Line): Promise<string>;
  choice(question: Common & { readonly choices: readonly Choice[]; readonly initial?: string }): Promise<string>;
  /** Any number of them, none among them. */
  several(question: Common & { readonly choices: readonly Choice[] }): Promise<readonly string[]>;
  yes(question: Common & { readonly initial: boolean }): Promise<boolean>;
  /** Something to read. */
  say(line: string): Promise<void>;
}

/** A person has gone without an answer: Ctrl-C, Escape. */
export class Cancelled extends Error {}

/** https://bomb.sh/docs/clack/packages/prompts/, loaded when something is asked. */
export async function asker(host: Host): Promise<Ask> {
  const clack = await import("@clack/prompts");
  const output = plainer(host);
  // The library never lets go of a signal, so each question has one of its own.
  const streams = () => ({ input: host.stdin, output, signal: AbortSignal.any([host.interrupted]) });
  const answered = async <Answer>(asked: Promise<Answer>): Promise<Exclude<Answer, symbol>> => {
    const answer = await asked;
    if (clack.isCancel(answer)) throw new Cancelled();
    return answer as Exclude<Answer, symbol>;
  };
  const validated = ({ check }: Pick<Line, "check">) =>
    check ? { validate: (answer: string | undefined) => check((answer ?? "").trim()) } : {};
  return {
    async line({ message, hint, initial, check }) {
      const shown = { ...(hint ? { placeholder: hint } : {}), ...(initial ? { initialValue: initial } : {}) };
      const answer = await answered(clack.text({ message, ...shown, ...validated({ check }), ...streams() }));
      return (answer ?? "").trim();
    },
    async hidden({ message, hint, check }) {
      const asked = hint ? `${message} (${hint})` : message;
      return (await answered(clack.password({ message: asked, ...validated({ check }), ...streams() }))) ?? "";
    },
    async choice({ message, choices, initial }) {
      const first = initial === undefined ? {} : { initialValue: initial };
      return answered(clack.select({ message, options: choices.map(shown), ...first, ...streams() }));
    },
    async several({ message, choices }) {
      return answered(clack.multiselect({ message, options: choices.map(shown), required: false, ...streams() }));
    },
    async say(line) {
      clack.log.warn(plain(line), { output });
    },
    async yes({ message, initial }) {
      return answered(clack.confirm({ message, initialValue: initial, ...streams() }));
    },
  };
}

/** Labels may be what others have named. */
function shown({ value, label, hint }: Choice) {
  return { value, label: plain(label), ...(hint ? { hint: plain(hint) } : {}) };
}

/** The library colours whatever the environment says. https://no-color.org */
function plainer({ env, stderr }: Host): Host["stderr"] {
  if (!env.NO_COLOR) return stderr;
  const write = (chunk: unknown, ...rest: never[]) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of.
    stderr.write(String(chunk).replace(/\u001b\[[\d;]*m/g, ""), ...rest);
  return Object.create(stderr, { write: { value: write } });
}
