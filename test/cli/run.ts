import { PassThrough, Writable } from "node:stream";
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
  /** Whether all three are a terminal's. */
  readonly terminal?: boolean;
  readonly columns?: number;
  /** The cloud that it is run against. */
  readonly cloud?: { readonly clientConfig: ClientConfig };
}

/** Runs a command line in this process, as the binary would: `keyturn(["status", "--json"], { cloud })`. */
export async function run(
  argv: readonly string[],
  { stdin = "", terminal = false, columns = 100, cloud, ...host }: RunOptions = {},
): Promise<Ran> {
  const [stdout, stderr] = [sink(terminal, columns), sink(terminal, columns)];
  const input = Object.assign(new PassThrough(), { isTTY: terminal });
  input.end(stdin);
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

function sink(isTTY: boolean, columns: number) {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns }), text: () => chunks.join("") };
}
