/** A piece of what SHOW GRANTS or SHOW CREATE USER prints: a name in back-ticks, a string, or any other word or mark. */
export interface Token {
  readonly kind: "name" | "string" | "word";
  /** Without its quotes. */
  readonly value: string;
}

const TOKEN = /\s*(?:`((?:[^`]|``)*)`|'((?:[^'\\]|\\[\s\S]|'')*)'|([A-Za-z0-9_]+|[(),.@*]))/y;

/**
 * Takes a text apart as the server would read it, so that nothing inside of a name is taken for anything else. Nothing for
 * a text that is not made of such pieces alone.
 */
export function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const [, name, string, word] = TOKEN.exec(text) ?? [];
    if (name !== undefined) tokens.push({ kind: "name", value: name.replaceAll("``", "`") });
    else if (string !== undefined) tokens.push({ kind: "string", value: unescaped(string) });
    else if (word !== undefined) tokens.push({ kind: "word", value: word });
    else return undefined;
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { "0": "\0", b: "\b", n: "\n", r: "\r", t: "\t", Z: "\x1a" };

function unescaped(text: string): string {
  return text.replace(/''|\\([\s\S])/g, (_, character?: string) =>
    character === undefined ? "'" : (ESCAPES[character] ?? character),
  );
}
