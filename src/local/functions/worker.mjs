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
    parentPort.postMessage({ output: JSON.stringify(output ?? null) });
  } catch (error) {
    console.error(JSON.stringify({ errorType: error?.name, errorMessage: error?.message, stack: error?.stack }));
    parentPort.postMessage({
      error: { type: String(error?.name ?? "Error"), message: String(error?.message ?? error) },
    });
  }
});
