import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bookworm, sid, unpacked } from "../../stage/servers/debian.js";

const run = promisify(execFile);
const missing = ["apt-get", "dpkg-deb", "gpg"].filter((tool) => spawnSync(tool, ["--version"]).status !== 0);
if (missing.length > 0)
  console.error(`SKIPPED test/security/debian-packages.test.ts: there is no ${missing.join(", no ")}.`);

const PACKAGE = "keyturn-probe";

describe.skipIf(missing.length > 0)("Debian's packages", () => {
  let folder: string;
  let keyring: string;
  let turn = 0;
  const { XDG_CACHE_HOME } = process.env;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "keyturn-debian-"));
    process.env.XDG_CACHE_HOME = join(folder, "cache");
    keyring = join(folder, "archive.gpg");
    await makeKey("archive");
    await run("gpg", ["--homedir", join(folder, "archive"), "--output", keyring, "--export"]);
    await makeKey("stranger");
    await makeArchive();
    await sign("archive");
  });
  afterAll(async () => {
    for (const name of ["archive", "stranger"])
      await run("gpgconf", ["--homedir", join(folder, name), "--kill", "all"]).catch(() => undefined);
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    await rm(folder, { recursive: true, force: true });
  });

  async function makeKey(name: string): Promise<void> {
    const home = join(folder, name);
    await mkdir(home, { mode: 0o700 });
    const options = ["--homedir", home, "--batch", "--passphrase", "", "--quick-generate-key", `${name}@example.com`];
    await run("gpg", [...options, "ed25519", "sign", "never"]);
  }

  /** What a mirror has, for both releases. */
  async function makeArchive(): Promise<void> {
    const tree = join(folder, "tree");
    await mkdir(join(tree, "DEBIAN"), { recursive: true });
    await mkdir(join(tree, "usr", "bin"), { recursive: true });
    await writeFile(join(tree, "usr", "bin", PACKAGE), "#!/bin/sh\n", { mode: 0o755 });
    const { stdout } = await run("dpkg", ["--print-architecture"]);
    const architecture = stdout.trim();
    const control = `Package: ${PACKAGE}\nVersion: 1\nArchitecture: ${architecture}\nMaintainer: nobody <nobody@example.com>\nDescription: a probe\n`;
    await writeFile(join(tree, "DEBIAN", "control"), control);
    for (const name of ["mirror", "mirror-security"]) {
      const mirror = join(folder, name);
      await mkdir(join(mirror, "pool"), { recursive: true });
      const deb = join(mirror, "pool", "probe.deb");
      await run("dpkg-deb", ["--root-owner-group", "--build", tree, deb]);
      const bytes = await readFile(deb);
      const packages = `${control}Filename: pool/probe.deb\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n\n`;
      for (const suite of ["sid", "bookworm", "bookworm-updates", "bookworm-security"]) {
        const release = join(mirror, "dists", suite);
        const index = `main/binary-${architecture}/Packages`;
        await mkdir(join(release, `main/binary-${architecture}`), { recursive: true });
        await writeFile(join(release, index), packages);
        const text = `Origin: Debian\nSuite: ${suite}\nCodename: ${suite}\nArchitectures: ${architecture}\nComponents: main\nDate: ${new Date().toUTCString()}\nSHA256:\n ${sha256(Buffer.from(packages))} ${packages.length} ${index}\n`;
        await writeFile(join(release, "Release"), text);
      }
    }
    await run("chmod", ["-R", "a+rX", folder]);
    for (const name of ["archive", "stranger"]) await chmod(join(folder, name), 0o700);
  }

  const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

  async function sign(name: string, mirrors = ["mirror", "mirror-security"]): Promise<void> {
    for (const mirror of mirrors) {
      for (const suite of ["sid", "bookworm", "bookworm-updates", "bookworm-security"]) {
        const release = join(folder, mirror, "dists", suite);
        await rm(join(release, "InRelease"), { force: true });
        const options = ["--homedir", join(folder, name), "--batch", "--clearsign"];
        await run("gpg", [...options, "--output", join(release, "InRelease"), join(release, "Release")]);
      }
    }
  }

  /** A mirror like the good one, and what somebody on the way has done to it. */
  async function mirrorWith(harm: (mirror: string) => Promise<unknown>): Promise<string> {
    const copy = join(folder, `mirror-${++turn}`);
    for (const suffix of ["", "-security"])
      await cp(join(folder, `mirror${suffix}`), copy + suffix, { recursive: true });
    for (const suffix of ["", "-security"]) await harm(copy + suffix);
    return `file:${copy}`;
  }

  const everyRelease = async (mirror: string, harm: (release: string) => Promise<unknown>) => {
    for (const suite of ["sid", "bookworm", "bookworm-updates", "bookworm-security"])
      await harm(join(mirror, "dists", suite));
  };

  const releases = [
    ["unstable", (mirror: string, keys: string) => sid(PACKAGE, { mirror, keyring: keys })],
    ["stable", (mirror: string, keys: string) => bookworm([PACKAGE], { mirror, keyring: keys })],
  ] as const;

  describe.each(releases)("of %s", (release, download) => {
    const get = async (mirror: string, keys = keyring) =>
      readFile(join(await unpacked(`${release}-${++turn}`, download(mirror, keys)), "usr", "bin", PACKAGE), "utf8");

    it("are unpacked when the archive has signed them", async () => {
      expect(await get(`file:${join(folder, "mirror")}`)).toBe("#!/bin/sh\n");
    });

    it("are refused when nobody has signed them", async () => {
      const mirror = await mirrorWith((one) => everyRelease(one, (dir) => rm(join(dir, "InRelease"))));
      await expect(get(mirror)).rejects.toThrow(/cannot be had: .*is not signed/);
    });

    it("are refused when somebody else has signed them", async () => {
      const mirror = await mirrorWith(async (one) => sign("stranger", [one.slice(folder.length + 1)]));
      await expect(get(mirror)).rejects.toThrow(/cannot be had: .*(is not signed|NO_PUBKEY|public key)/);
    });

    it("are refused when their list was changed, or they themselves", async () => {
      const list = await mirrorWith((one) =>
        everyRelease(one, async (dir) => {
          const { stdout } = await run("dpkg", ["--print-architecture"]);
          await appendFile(join(dir, `main/binary-${stdout.trim()}/Packages`), "Package: other\n");
        }),
      );
      await expect(get(list)).rejects.toThrow(/cannot be had: /);
      const deb = await mirrorWith((one) => appendFile(join(one, "pool", "probe.deb"), "more"));
      await expect(get(deb)).rejects.toThrow(/cannot be had: /);
    });

    it("are not asked for where the keyring is missing", async () => {
      const none = join(folder, "none.gpg");
      await expect(get(`file:${join(folder, "mirror")}`, none)).rejects.toThrow(
        `${none} is not here, so Debian's packages cannot be verified. Install debian-archive-keyring.`,
      );
    });
  });
});
