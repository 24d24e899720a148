import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";
import { privateFolder } from "../disk/private-folder.js";

export interface Certificate {
  /** PEM; also the authority that vouches for it. */
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate for servers on this machine, made once in `dir` and good for ten years. */
export async function localCertificate(dir: string): Promise<Certificate> {
  privateFolder(dir);
  const files = { certFile: join(dir, "server.crt"), keyFile: join(dir, "server.key") };
  if (existsSync(files.certFile) && existsSync(files.keyFile)) return files;
  const { cert, private: key } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + 10 * 365 * 86_400_000),
    extensions: [
      { name: "basicConstraints", cA: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  await writeFile(files.keyFile, key, { mode: 0o600 });
  await writeFile(files.certFile, cert);
  return files;
}
