/** A message as SNS takes it. */
export interface Message {
  /** ASCII, fewer than 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
  readonly subject: string;
  readonly text: string;
}

/** Of what a message is made. */
export interface Told {
  /** What happened, as the end of `Keyturn: …` and, with a capital, as the first sentence. */
  readonly what: string;
  /** Put behind it in the text. */
  readonly more?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly why?: string;
  /** What was found, sentence by sentence. */
  readonly facts?: readonly string[];
  readonly next: string;
  /** What whoever asked for it wrote, part by part. */
  readonly askedBy?: readonly string[];
  /** What he called the secret, where there is none that is known. */
  readonly askedFor?: string;
  readonly executionArn?: string;
  /** Lines at the end. */
  readonly appendix?: readonly string[];
}

const UNCHECKED = "(as the requester wrote it, unchecked)";

export function messageOf(told: Told): Message {
  const { what, more, why, facts = [], next, askedBy = [], askedFor, executionArn, appendix = [] } = told;
  const sentence = `${what.replace(/^./, (first) => first.toUpperCase())}.`;
  return {
    subject: subjectOf(`Keyturn: ${what}`),
    text: [
      plain([sentence, ...(more ? [more] : [])].join(" ")),
      "",
      line("When:", when(told)),
      ...(why ? [line("Why:", why)] : []),
      ...(facts.length > 0 ? [line("Found:", facts.join(" "))] : []),
      line("Next:", next),
      ...(askedFor ? [`Asked for ${UNCHECKED}: "${quoted(askedFor)}"`] : []),
      ...(askedBy.length > 0 ? [`Asked by ${UNCHECKED}: "${quoted(askedBy.join(", because: "))}"`] : []),
      ...(executionArn ? [line("Execution:", executionArn)] : []),
      ...(appendix.length > 0 ? ["", ...appendix.map((one) => one.match(/^ */) + plain(one))] : []),
    ].join("\n"),
  };
}

const WIDTH = "Execution: ".length;
const LONGEST_LINE = 2_000;
const LONGEST_QUOTE = 200;

function line(name: string, text: string): string {
  return `${name.padEnd(WIDTH)}${cut(plain(text), LONGEST_LINE)}`;
}

/** One line without anything that a terminal or a mail program would act on. */
export function plain(text: string): string {
  return text.replace(/[\s\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

/** What somebody else wrote cannot end its quotation, nor go on for long. */
function quoted(text: string): string {
  return cut(plain(text).replaceAll('"', "'"), LONGEST_QUOTE);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 3)}...` : text;
}

function subjectOf(text: string): string {
  return cut(plain(text).replace(/[^\x20-\x7e]/g, "?"), 99);
}

function when({ startedAt, endedAt }: Told): string {
  const start = new Date(startedAt);
  const at = `${start.toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return endedAt ? `${at}, took ${took(new Date(endedAt).getTime() - start.getTime())}` : at;
}

function took(ms: number): string {
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
