import { consoleUrl, cut, plain, quoted, sentencesOf, type Told, when } from "./told.js";

/**
 * What Amazon Q Developer in chat applications (formerly AWS Chatbot) shows in a channel. It drops without a word what is
 * of any other form. No `threadId`: a failure would hide in the thread of an old one.
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html#event-schema
 */
export interface ChatMessage {
  readonly version: "1.0";
  readonly source: "custom";
  readonly content: {
    readonly textType: "client-markdown";
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
  };
}

/** Bounds of ours: a channel is no place to read more. */
const LONGEST_TITLE = 200;
const LONGEST_LINE = 1_000;
const MOST_LINES = 12;

/** Begins the title, so that a channel is skimmed. */
const MARKS: Readonly<Record<string, string>> = {
  succeeded: ":white_check_mark:",
  "rolled forward": ":white_check_mark:",
  retired: ":white_check_mark:",
  refreshed: ":white_check_mark:",
  rotated: ":warning:",
  checked: ":warning:",
  overdue: ":warning:",
  "check failed": ":warning:",
  "rolled back": ":warning:",
  failed: ":warning:",
  stopped: ":rotating_light:",
  "needs attention": ":rotating_light:",
};

export function chatOf(told: Told, eventType: string): ChatMessage {
  const {
    what,
    outcome = "",
    why,
    facts = [],
    next,
    command,
    executionArn,
    secretArn,
    secretName,
    appendix = [],
  } = told;
  const url = executionArn && consoleUrl(executionArn);
  const rows = [
    `*When* ${when(told)}`,
    ...(why ? [`*Why* ${words(why)}`] : []),
    ...(facts.length > 0 ? [`*Found* ${words(facts.join(" "))}`] : []),
    ...asWritten(told),
    ...(url ? [url] : []),
    ...appendix.filter((one) => !one.startsWith(" ")).map(words),
  ];
  return {
    version: "1.0",
    source: "custom",
    content: {
      textType: "client-markdown",
      title: cut([MARKS[outcome] ?? ":information_source:", words(`Keyturn: ${what}`)].join(" "), LONGEST_TITLE),
      description: [words(sentencesOf(told)), ...shown(rows)].join("\n"),
      nextSteps: [words(next), ...(command ? [code(command)] : [])],
      keywords: ["Keyturn", ...(secretName ? [words(secretName)] : [])],
    },
    metadata: {
      summary: words(what),
      eventType,
      relatedResources: [secretArn, executionArn].filter((one) => one !== undefined),
    },
  };
}

function shown(rows: readonly string[]): string[] {
  const more = rows.length - MOST_LINES;
  return more > 0 ? [...rows.slice(0, MOST_LINES), `and ${more} more`] : [...rows];
}

/** What a requester wrote is code in the channel: nothing in it is a link, a mention or a heading. */
function asWritten({ askedFor, askedBy = [] }: Told): string[] {
  return [
    ...(askedFor ? [`*Asked for*, as the requester wrote it, unchecked: ${code(quoted(askedFor))}`] : []),
    ...(askedBy.length > 0
      ? [`*Asked by*, as the requester wrote it, unchecked: ${code(quoted(askedBy.join(", because: ")))}`]
      : []),
  ];
}

/**
 * Words that no chat makes more of than words: Slack's mentions and links stand in angle brackets, Teams' links and both
 * ones' emphasis in the other signs. https://docs.slack.dev/messaging/formatting-message-text
 */
function words(text: string): string {
  return cut(tame(text).replace(/(?<![\p{L}\p{N}])[*_~]+|[*_~]+(?![\p{L}\p{N}])/gu, ""), LONGEST_LINE);
}

function code(text: string): string {
  return `\`${cut(tame(text), LONGEST_LINE)}\``;
}

function tame(text: string): string {
  return plain(text)
    .replaceAll("://", ": //")
    .replaceAll("<", "‹")
    .replaceAll(">", "›")
    .replaceAll("`", "'")
    .replaceAll("](", "] (");
}
