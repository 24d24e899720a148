import { PassThrough, Writable } from "node:stream";
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import type { ClientConfig } from "../../src/cli/host.js";
import { keyturn } from "../../src/cli/program.js";
import { startChromium } from "../../stage/servers/chromium.js";

export interface Served {
  readonly url: string;
  /** Ctrl-C; gives the exit code. */
  end(): Promise<number>;
}

/** Runs `keyturn console` in this process until it is ended. Throws what it says where it ends by itself. */
export async function served(cloud: { readonly clientConfig: ClientConfig }, caFile: string): Promise<Served> {
  const interrupt = new AbortController();
  let [said, wrong] = ["", ""];
  let isUp: (url: string) => void;
  const up = new Promise<string>((resolve) => {
    isUp = resolve;
  });
  const stdout = new Writable({
    write(chunk, _, done) {
      said += chunk;
      if (said.includes("\n")) isUp(said.trim());
      done();
    },
  });
  const stderr = new Writable({
    write(chunk, _, done) {
      wrong += chunk;
      done();
    },
  });
  const ended = keyturn(["console"], {
    stdin: Object.assign(new PassThrough(), { isTTY: false }),
    stdout,
    stderr,
    env: { KEYTURN_CA_FILE: caFile },
    cwd: process.cwd(),
    clock: () => new Date(),
    interrupted: interrupt.signal,
    clientConfig: cloud.clientConfig,
  });
  const failed = ended.then(() => Promise.reject(new Error(wrong)));
  failed.catch(() => undefined);
  const url = await Promise.race([up, failed]);
  return {
    url,
    end() {
      interrupt.abort();
      return ended;
    },
  };
}

/** The browser, or why there is none. */
export async function browserOrReason(): Promise<Browser | string> {
  try {
    return await startChromium();
  } catch (error) {
    return (error as Error).message.split("\n")[0] ?? "";
  }
}

/** Fails where a narrow screen would have to be pushed sideways. */
export async function fitsPhone(page: Page, meanwhile = async () => {}): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  const width = await page.evaluate<number>("document.documentElement.scrollWidth");
  expect([page.url(), width]).toEqual([page.url(), 390]);
  await meanwhile();
  if (before) await page.setViewportSize(before);
}
