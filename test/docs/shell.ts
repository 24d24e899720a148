/**
 * The simple commands of some lines of shell, those within $( … ) before the one that they are in; each as its words, without
 * assignments, redirections and the shell's own keywords. Knows as much of a shell as the documents need.
 */
export function commandsIn(text: string): string[][] {
  const found: string[][] = [];
  read(text, 0, found, false);
  return found.map(plain).filter(([first]) => first !== undefined && !KEYWORDS.has(first));
}

const KEYWORDS = new Set(["for", "done", "fi", "}", "["]);
const BEFORE = new Set(["do", "then", "else", "while", "if", "!", "{"]);

/** Reads until the end, or the parenthesis that closes; gives where it ended. */
function read(text: string, from: number, found: string[][], isInner: boolean): number {
  let words: string[] = [];
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) found.push(words);
    words = [];
  };
  let at = from;
  while (at < text.length) {
    const rest = text.slice(at);
    const placeholder = /^<[^<>\n]+>/.exec(rest)?.[0];
    if (rest.startsWith("\\\n")) at += 2;
    else if (rest.startsWith("$(")) {
      at = read(text, at + 2, found, true);
      word = `${word ?? ""}$(…)`;
    } else if (rest[0] === "'") {
      const end = text.indexOf("'", at + 1);
      word = `${word ?? ""}${text.slice(at + 1, end)}`;
      at = end + 1;
    } else if (rest[0] === '"') {
      [at, word] = quoted(text, at + 1, word ?? "", found);
    } else if (placeholder) {
      word = `${word ?? ""}${placeholder}`;
      at += placeholder.length;
    } else if (rest[0] === "#" && word === undefined) at = endOfLine(text, at);
    else if (rest.startsWith("()")) at += 2;
    else if (rest[0] === ")" && isInner) {
      endCommand();
      return at + 1;
    } else if (/^[\n;|&]/.test(rest)) {
      endCommand();
      at += 1;
    } else if (/^\s/.test(rest)) {
      endWord();
      at += 1;
    } else {
      word = `${word ?? ""}${rest[0]}`;
      at += 1;
    }
  }
  endCommand();
  return at;
}

function quoted(text: string, from: number, before: string, found: string[][]): [at: number, word: string] {
  let word = before;
  let at = from;
  while (at < text.length && text[at] !== '"') {
    if (text.startsWith("$(", at)) {
      at = read(text, at + 2, found, true);
      word += "$(…)";
    } else {
      if (text[at] === "\\") at += 1;
      word += text[at] ?? "";
      at += 1;
    }
  }
  return [at + 1, word];
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function plain(words: readonly string[]): string[] {
  const redirected = words.filter((word, index) => !/^\d?>+$/.test(word) && !/^\d?>+$/.test(words[index - 1] ?? ""));
  const first = redirected.findIndex((word) => !BEFORE.has(word) && !/^\w+=/.test(word));
  const own = first < 0 ? [] : redirected.slice(first);
  // A function's own name, and its brace.
  return own[1] === "{" ? plain(own.slice(2)) : own;
}
