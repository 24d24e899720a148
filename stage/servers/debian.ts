import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { privateFolder } from "../../src/local/disk/private-folder.js";

const run = promisify(execFile);

/** Puts packages into a folder. */
export type Download = (debs: string) => Promise<void>;

/** Where packages come from, and whose signatures count. Debian's own, unless said. */
export interface Archive {
  /** The archive of security updates is beside it, under the same name with `-security`. */
  readonly mirror?: string;
  readonly keyring?: string;
}

/** https://packages.debian.org/stable/debian-archive-keyring, which every Debian has. */
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const MIRROR = "http://deb.debian.org/debian";

/**
 * The files of Debian's packages in a folder of the user's cache: nothing is installed and no root is needed. Downloaded
 * once, verified by the archive's signature, and renamed when whole. Throws, with the reason, where they cannot be had.
 */
export async function unpacked(name: string, download: Download): Promise<string> {
  const keyturn = privateFolder(join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "keyturn"));
  // Beside what was not verified, in earlier versions.
  const cache = privateFolder(join(keyturn, "signed"));
  const home = join(cache, name);
  if (existsSync(join(home, "usr"))) return home;
  const half = join(cache, `${name}-${process.pid}`);
  const debs = join(cache, `${name}-${process.pid}-debs`);
  try {
    await mkdir(half, { recursive: true });
    await mkdir(debs, { recursive: true });
    await download(debs);
    for (const file of await readdir(debs))
      if (file.endsWith(".deb")) await run("dpkg", ["-x", join(debs, file), half]);
    await rm(home, { recursive: true, force: true });
    await rename(half, home);
  } finally {
    for (const folder of [half, debs]) await rm(folder, { recursive: true, force: true });
  }
  return home;
}

/** From the release that the programs here are written for. */
export function bookworm(packages: readonly string[], archive: Archive = {}): Download {
  return async (debs) => {
    const apt = await aptFor(debs, BOOKWORM, archive);
    await apt(["download", ...packages]);
  };
}

/** As `bookworm`, with what the package needs and this machine does not have. */
export function bookwormWithNeeds(name: string, archive: Archive = {}): Download {
  return async (debs) => {
    const apt = await aptFor(debs, BOOKWORM, archive);
    await apt(["download", ...new Set([name, ...(await needs(apt, name))])]);
  };
}

/** From Debian's unstable release, with all that the package needs: it runs by its own loader and libraries. */
export function sid(name: string, archive: Archive = {}): Download {
  return async (debs) => {
    const status = join(debs, "status");
    await writeFile(status, "");
    const apt = await aptFor(debs, (mirror) => [`${mirror} sid`], archive, [`Dir::State::status=${status}`]);
    await apt(["download", ...(await needs(apt, name))]);
  };
}

const BOOKWORM = (mirror: string) => [
  `${mirror} bookworm`,
  `${mirror} bookworm-updates`,
  `${mirror}-security bookworm-security`,
];

type Apt = (args: readonly string[]) => Promise<string>;

/**
 * An apt that knows these suites and no other, whatever this machine is told to trust, and takes nothing that the
 * keyring's keys have not signed. Its lists are fresh, and in the folder.
 */
async function aptFor(
  debs: string,
  suites: (mirror: string) => readonly string[],
  { mirror = MIRROR, keyring = KEYRING }: Archive,
  options: readonly string[] = [],
): Promise<Apt> {
  if (!existsSync(keyring)) {
    throw new Error(`${keyring} is not here, so Debian's packages cannot be verified. Install debian-archive-keyring.`);
  }
  const state = join(debs, "apt");
  await mkdir(join(state, "lists", "partial"), { recursive: true });
  await mkdir(join(state, "archives", "partial"), { recursive: true });
  const list = join(state, "sources.list");
  await writeFile(
    list,
    suites(mirror)
      .map((suite) => `deb [signed-by=${keyring}] ${suite} main\n`)
      .join(""),
  );
  const own = [
    ...[`Dir::State=${state}`, `Dir::State::Lists=${join(state, "lists")}`, `Dir::Cache=${state}`],
    ...[`Dir::Etc::sourcelist=${list}`, "Dir::Etc::sourceparts=/dev/null"],
    ...["APT::Get::AllowUnauthenticated=false", "Acquire::AllowInsecureRepositories=false"],
    ...["Acquire::AllowWeakRepositories=false", "Acquire::AllowDowngradeToInsecureRepositories=false"],
    ...["APT::Update::Error-Mode=any", "Acquire::Languages=none"],
    ...options,
  ].flatMap((option) => ["-o", option]);

  const apt: Apt = async (args) => {
    try {
      const { stdout } = await run("apt-get", [...own, ...args], { cwd: debs, maxBuffer: 2 ** 24 });
      return stdout;
    } catch (error) {
      const { stderr = "", message } = error as { stderr?: string; message: string };
      const reasons = stderr.split("\n").filter((line) => /^[EW]: /.test(line));
      throw new Error(`Debian's packages cannot be had: ${reasons.join(" ") || message}`);
    }
  };
  await apt(["update"]);
  return apt;
}

/** The package and what would be installed with it. */
async function needs(apt: Apt, name: string): Promise<string[]> {
  const simulated = await apt(["install", "-s", "--no-install-recommends", name]);
  return [...simulated.matchAll(/^Inst (\S+)/gm)].map(([, found = ""]) => found);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
