import { DETAIL_TYPES, SOURCE } from "../../src/events/names.js";
import { EXAMPLES } from "./examples.js";
import { fileOf } from "./schemas.js";

type EventKey = keyof typeof DETAIL_TYPES;

const HEAD = `# Events

Every event of Keyturn's: when it comes, the schema of its \`detail\`, an example, and a rule's pattern that matches it. Made by
\`npm run -s event-schemas\` of the types in [src/events](../../src/events/details.ts); every announcement in every test is held
against them.

Announcements are on the bus \`keyturn-<stage>\`, \`source\` is \`keyturn\`. New fields may come; none changes its meaning or goes.
Take \`reason\` and \`outcome\` for programs, \`summary\` for people. An event may be delivered twice. The bus takes events of
Keyturn's machines alone; look up what you act on all the same. What a [webhook](../messages.md#webhook) gets is [another
form](webhook.schema.json).
`;

/** The pattern of a rule on the bus of announcements. */
export function patternOf(key: EventKey): Readonly<Record<string, unknown>> {
  const { match } = EXAMPLES[key];
  return { source: [SOURCE], "detail-type": [DETAIL_TYPES[key]], ...(match ? { detail: match } : {}) };
}

/** As EventBridge hands it to a target, as far as it is Keyturn's. */
export function exampleOf(key: EventKey): {
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: object;
} {
  const source = key === "rotationRequested" ? "ops" : SOURCE;
  return { source, "detail-type": DETAIL_TYPES[key], detail: EXAMPLES[key].detail };
}

/** The text of docs/events/README.md. */
export function eventsPage(): string {
  const keys = Object.keys(DETAIL_TYPES) as EventKey[];
  return [HEAD, ...keys.map(section)].join("\n");
}

function section(key: EventKey): string {
  const detailType = DETAIL_TYPES[key];
  const matched = key === "rotationRequested" ? "" : `\n${block(patternOf(key))}`;
  return `## ${detailType}\n\n${EXAMPLES[key].when} [Schema](${fileOf(detailType)}).\n\n${block(exampleOf(key))}${matched}`;
}

function block(value: object): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\n`;
}
