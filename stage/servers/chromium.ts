import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { bookwormWithNeeds, unpacked } from "./debian.js";

/** Starts Debian's Chromium without a window. Throws, with the reason, where it cannot be had. */
export async function startChromium(): Promise<Browser> {
  const home = await unpacked("chromium", bookwormWithNeeds("chromium-headless-shell"));
  const libraries = join(home, "usr/lib/x86_64-linux-gnu");
  return chromium.launch({
    executablePath: join(home, "usr/lib/chromium/chromium-headless-shell"),
    // Its sandbox wants to be root's, or a kernel that lets everybody make namespaces. It shows our own pages only.
    args: ["--no-sandbox"],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: [libraries, join(libraries, "pulseaudio")].join(":"),
      // Where this machine has no fonts, they came along.
      ...(existsSync(join(home, "etc/fonts")) ? { FONTCONFIG_SYSROOT: home } : {}),
    },
  });
}
