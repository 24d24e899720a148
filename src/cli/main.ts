import { keyturn } from "./program.js";

// The newest SDK that Node.js 20 can use says so at every start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    // The first is the command's to answer, the second ends it as it is.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  });
// A reader that has seen enough, `head` for one.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

process.exitCode = await keyturn(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  clock: () => new Date(),
  interrupted: interrupt.signal,
});
