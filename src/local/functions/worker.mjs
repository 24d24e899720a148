// Runs one Lambda environment in a worker thread: loads the handler once, then answers one event at a time.
// Plain JavaScript, because a worker thread starts without a TypeScript loader.
import { parentPort, workerData } from "node:worker_threads";

const { file, exportName } = workerData;
const loaded = import(file);
const say = () => parentPort.postMessage({ loaded: true });
loaded.then(say, say);

parentPort.on("message", async ({ event, context }) => {
  try {
    const { [exportName]: handler } = await loaded;
    const deadline = Date.now() + context.timeoutMs;
    const output = await handler(event, {
      ...context,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    });
    await answer({ output: JSON.stringify(output ?? null) });
  } catch (error) {
    console.error(JSON.stringify({ errorType: error?.name, errorMessage: error?.message, stack: error?.stack }));
    await answer({ error: { type: String(error?.name ?? "Error"), message: String(error?.message ?? error) } });
  }
});

/** Once the cloud has what was printed, which goes another way: it may hand this thread on to a cloud with a log of its own. */
async function answer(said) {
  await Promise.all([process.stdout, process.stderr].map(taken));
  parentPort.postMessage(said);
}

const taken = (stream) => stream.writableLength > 0 && new Promise((resolve) => stream.write("", resolve));
