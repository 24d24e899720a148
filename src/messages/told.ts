/** What there is to tell, of which each form of a message is made: text, chat, webhook. */
export interface Told {
  /** What happened, as the end of `Keyturn: …` and, with a capital, as the first sentence. */
  readonly what: string;
  /** Put behind it in the text. */
  readonly more?: string;
  /** A constant: how it ended, as records have it. */
  readonly outcome?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** A constant, or the code of the error. */
  readonly reason?: string;
  readonly why?: string;
  /** What was found, sentence by sentence. */
  readonly facts?: readonly string[];
  readonly next: string;
  /** What to type, where one command is the next step. */
  readonly command?: string;
  /** What whoever asked for it wrote, part by part. */
  readonly askedBy?: readonly string[];
  /** What he called the secret, where there is none that is known. */
  readonly askedFor?: string;
  /** Only where AWS said it. */
  readonly secretArn?: string;
  readonly secretName?: string;
  readonly executionArn?: string;
  /** Lines at the end. */
  readonly appendix?: readonly string[];
}

/** Where AWS's console shows an execution, in each partition. `undefined` for what is no execution's ARN. */
export function consoleUrl(executionArn: string): string | undefined {
  const [, partition = "", region = ""] =
    /^arn:([a-z-]+):states:([a-z0-9-]+):\d{12}:execution:/.exec(executionArn) ?? [];
  const host = CONSOLES[partition];
  // Its name may be anybody's, of letters of any alphabet.
  const arn = encodeURIComponent(executionArn).replaceAll("%3A", ":");
  return host && `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${arn}`;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html has the partitions. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/** One line without anything that a terminal or a mail program would act on. */
export function plain(text: string): string {
  return text.replace(/[\s\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 3)}...` : text;
}

/** What somebody else wrote cannot end its quotation, nor go on for long. */
export function quoted(text: string): string {
  return cut(plain(text).replaceAll('"', "'"), LONGEST_QUOTE);
}

const LONGEST_QUOTE = 200;

/** `The rotation of shop/orders failed. Nothing was changed.` */
export function sentencesOf({ what, more }: Pick<Told, "what" | "more">): string {
  const sentence = `${what.replace(/^./, (first) => first.toUpperCase())}.`;
  return plain([sentence, ...(more ? [more] : [])].join(" "));
}

export function when({ startedAt, endedAt }: Pick<Told, "startedAt" | "endedAt">): string {
  const start = new Date(startedAt);
  const at = `${start.toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return endedAt ? `${at}, took ${took(new Date(endedAt).getTime() - start.getTime())}` : at;
}

function took(ms: number): string {
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
