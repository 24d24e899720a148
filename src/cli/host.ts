import type { Readable, Writable } from "node:stream";

/** What a command is run in: the process, or a test's place for one. */
export interface Host {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: () => Date;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Of AWS's SDK, instead of what the command line and the environment say. */
  readonly clientConfig?: ClientConfig;
}

/** How AWS is reached, as its SDK takes it. */
export interface ClientConfig {
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Options that every command takes. */
export interface CommonOptions {
  readonly stage: string;
  readonly region?: string;
  readonly profile?: string;
  readonly local: boolean;
  readonly json: boolean;
  /** What was typed to run it, for command lines to type next. Absent: `keyturn`. */
  readonly program?: string;
}
