import { consoleUrl, cut, plain, quoted, sentencesOf, type Told, when } from "./told.js";

/** A message as SNS takes it. */
export interface Message {
  /** ASCII, fewer than 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
  readonly subject: string;
  readonly text: string;
}

const UNCHECKED = "(as the requester wrote it, unchecked)";

/** For people, by e-mail. */
export function messageOf(told: Told): Message {
  const { what, why, facts = [], next, command, askedBy = [], askedFor, executionArn, appendix = [] } = told;
  return {
    subject: subjectOf(`Keyturn: ${what}`),
    text: [
      sentencesOf(told),
      "",
      line("When:", when(told)),
      ...(why ? [line("Why:", why)] : []),
      ...(facts.length > 0 ? [line("Found:", facts.join(" "))] : []),
      line("Next:", next),
      ...(command ? [line("Run:", command)] : []),
      ...(askedFor ? [`Asked for ${UNCHECKED}: "${quoted(askedFor)}"`] : []),
      ...(askedBy.length > 0 ? [`Asked by ${UNCHECKED}: "${quoted(askedBy.join(", because: "))}"`] : []),
      ...(executionArn ? [line("Execution:", consoleUrl(executionArn) ?? executionArn)] : []),
      ...(appendix.length > 0 ? ["", ...appendix.map((one) => one.match(/^ */) + plain(one))] : []),
    ].join("\n"),
  };
}

const WIDTH = "Execution: ".length;
const LONGEST_LINE = 2_000;

function line(name: string, text: string): string {
  return `${name.padEnd(WIDTH)}${cut(plain(text), LONGEST_LINE)}`;
}

function subjectOf(text: string): string {
  return cut(plain(text).replace(/[^\x20-\x7e]/g, "?"), 99);
}
