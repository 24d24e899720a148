import pc from "picocolors";

/** npm hands Ctrl-C on to a process that the terminal has told of it already. */
const SAME_CTRL_C_MS = 500;

/**
 * Runs a command and ends the process with the code that `run` gives; with 1 where it throws, and says why. Ctrl-C and
 * SIGTERM abort the signal: `run` looks at it between its steps and stops what it has started; what it throws from then on
 * is told as one line, with 130. A second Ctrl-C does not wait for that.
 */
export async function program(run: (interrupted: AbortSignal) => Promise<number>): Promise<void> {
  // The newest SDK that Node.js 20 can use says so at every start.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const interrupt = new AbortController();
  let interruptedAt = 0;
  const onSignal = () => {
    if (interrupt.signal.aborted && performance.now() - interruptedAt > SAME_CTRL_C_MS) process.exit(130);
    if (!interrupt.signal.aborted) interruptedAt = performance.now();
    interrupt.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  // Servers and timers keep no process.
  const alive = setInterval(() => undefined, 2 ** 30);
  try {
    process.exitCode = await run(interrupt.signal);
  } catch (error) {
    const { aborted } = interrupt.signal;
    console.error(aborted ? pc.dim("Interrupted.") : `${pc.red("✘")} ${(error as Error).message}`);
    // What was under way then may wait for what is stopped.
    if (aborted) process.exit(130);
    process.exitCode = 1;
  } finally {
    clearInterval(alive);
  }
}

/**
 * What `read` makes of the command line. Ends the process where that is asked for help, and with 2 where `read` throws, with
 * its reason and the usage.
 */
export function commandLine<Options extends { readonly help: boolean }>(usage: string, read: () => Options): Options {
  try {
    const options = read();
    if (!options.help) return options;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

/** Throws unless the option's text is a whole number, that large at least. */
export function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least) return number;
  throw new Error(`--${option} takes a whole number from ${least}, not ${text}`);
}
