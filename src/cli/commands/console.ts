import { once } from "node:events";
import { InvalidArgumentError, Option } from "commander";
import { answering, command, type MakeCommand } from "../command.js";

interface Options {
  readonly port: number;
}

/** `keyturn console` */
export const browse: MakeCommand = (host, exit) =>
  command("console", {
    summary: "fleet and rotations in a browser",
    description:
      "Serves pages on 127.0.0.1 until Ctrl-C, with the credentials of this command. The URL that it prints is of use once. No secret value is sent to a page.",
    examples: [
      ["keyturn console", "on a port that is free"],
      ["keyturn console --local --port 8080", "of the embedded cloud"],
    ],
  })
    .addOption(new Option("--port <number>", "0 for any that is free").default(0).argParser(port))
    .action(
      answering<Options>(host, exit, async ({ deployment, options, progress, style }) => {
        const [{ deskOf }, { listen }] = await Promise.all([
          import("../../console/desk-of.js"),
          import("../../console/listen.js"),
        ]);
        const served = await listen(await deskOf(host, options, deployment), options.port);
        const { url } = served;
        host.stdout.write(options.json ? `${JSON.stringify({ url })}\n` : `${url}\n`);
        progress(style.dim("Open it in a browser on this machine: once. Ctrl-C ends the console."));
        if (!host.interrupted.aborted) await once(host.interrupted, "abort");
        await served.close();
        // What there was to say was said when it began.
        return { json: undefined, text: () => "" };
      }),
    );

function port(text: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError("It must be a port: a whole number from 0 to 65535.");
}
