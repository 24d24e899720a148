import { PassThrough, Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { ClientConfig, Host } from "../../src/cli/host.js";
import { keyturn } from "../../src/cli/program.js";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What `--json` printed. */
  json<Document>(): Document;
}

export interface RunOptions extends Partial<Omit<Host, "stdin" | "stdout" | "stderr">> {
  /** What is typed or piped in; it ends there. */
  readonly stdin?: string;
  /** Instead: what a person types, each when this has come to stand on the screen. Keys: `ENTER` and the like. */
  readonly typed?: ReadonlyArray<readonly [sees: RegExp, types: string]>;
  /** Whether all three are a terminal's. */
  readonly terminal?: boolean;
  readonly columns?: number;
  /** The cloud that it is run against. */
  readonly cloud?: { readonly clientConfig: ClientConfig };
}

/** Runs a command line in this process, as the binary would: `keyturn(["status", "--json"], { cloud })`. */
export async function run(
  argv: readonly string[],
  { stdin = "", typed, terminal = typed !== undefined, columns = 100, cloud, ...host }: RunOptions = {},
): Promise<Ran> {
  const input = Object.assign(new PassThrough(), { isTTY: terminal, setRawMode: () => undefined });
  const [stdout, stderr] = [sink(terminal, columns), sink(terminal, columns, typist(input, typed))];
  if (!typed) input.end(stdin);
  const code = await keyturn(argv, {
    stdin: input,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: {},
    cwd: process.cwd(),
    clock: () => new Date(),
    interrupted: new AbortController().signal,
    ...(cloud ? { clientConfig: cloud.clientConfig } : {}),
    ...host,
  });
  return {
    code,
    stdout: stdout.text(),
    stderr: stderr.text(),
    json: <Document>() => JSON.parse(stdout.text()) as Document,
  };
}

export const KEYS = { enter: "\r", down: "\u001b[B", space: " ", interrupt: "\u0003" } as const;

/** Types when it is time to. A question that never comes ends with the test's own time. */
function typist(input: PassThrough, typed: RunOptions["typed"] = []): (screen: string) => void {
  const left = [...typed];
  let seen = 0;
  return (screen) => {
    const [sees, types] = left[0] ?? [];
    const found = sees?.exec(asRead(screen).slice(seen));
    if (!found || types === undefined) return;
    left.shift();
    seen += found.index + found[0].length;
    // Once the question listens. A key for each chunk, as from a terminal.
    setImmediate(() => {
      for (const key of types.match(/\p{Cc}\[[A-D]|./gsu) ?? []) input.write(key);
    });
  };
}

/** Without colours, and in one line: where a question is wrapped depends on the names in it. */
function asRead(screen: string): string {
  return stripVTControlCharacters(screen).replace(/\s*\n[│\s]*/g, " ");
}

function sink(isTTY: boolean, columns: number, seen: (screen: string) => void = () => undefined) {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(String(chunk));
      seen(chunks.join(""));
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns }), text: () => chunks.join("") };
}
