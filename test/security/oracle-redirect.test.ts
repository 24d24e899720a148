import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterEach, describe, expect, it } from "vitest";
import { engineFor } from "../../src/engines/registry.js";
import { type Listener, listen, refuseWith } from "../engines/oracle/listener.js";
import { PATIENCE } from "../tools/patience.js";

// A listener that is not what it should be (or was told so by another) sends the login, and the admin's with it, anywhere.

const engine = await engineFor("oracle");
const open: Listener[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function listening(...[play, tls]: Parameters<typeof listen>): Promise<Listener> {
  const listener = await listen(play, tls);
  open.push(listener);
  return listener;
}

/** What a listener says that sends a client elsewhere, as lib/thin/sqlnet/packet.js of the driver reads it. */
function redirect(port: number): Buffer {
  const data = Buffer.from(`(ADDRESS=(PROTOCOL=TCP)(HOST=127.0.0.1)(PORT=${port}))`);
  const packet = Buffer.alloc(10);
  packet.writeUInt16BE(packet.length + data.length, 0);
  packet.writeUInt8(5, 4);
  packet.writeUInt16BE(data.length, 8);
  return Buffer.concat([packet, data]);
}

const connect = (port: number, host = "127.0.0.1", caFile?: string) =>
  engine.connect({
    target: { host, port, database: "shop", tls: caFile !== undefined },
    ...(caFile ? { caFile } : {}),
    credential: { username: "app", password: "V3ry-secret~indeed" },
    ...PATIENCE,
  });

describe("a listener that sends a login elsewhere", () => {
  it("is told from one that answers itself, and is not followed: the other hears nothing", async () => {
    const elsewhere = await listening(refuseWith(12514, 12505));
    await expect(connect(elsewhere.port)).rejects.toMatchObject({ code: "UnknownDatabase" });
    const heard = elsewhere.asked.length;
    const named = await listening((socket) => socket.write(redirect(elsewhere.port)));
    await expect(connect(named.port)).rejects.toMatchObject({ name: "UnsupportedError", code: "Redirected" });
    expect(named.asked).toHaveLength(1);
    expect(elsewhere.asked.slice(heard).join("")).toBe("");
  });

  it("does not stop others that log in meanwhile, nor a host with an address that is not answered", async () => {
    const honest = await listening(refuseWith(12514, 12505));
    const named = await listening((socket) => socket.write(redirect(honest.port)));
    const codes = await Promise.all(
      [named, honest, named, honest].map(({ port }) => connect(port, "localhost").catch(({ code }) => code)),
    );
    expect(codes).toEqual(["Redirected", "UnknownDatabase", "Redirected", "UnknownDatabase"]);
  });

  it("does not lead out of TLS either", async () => {
    const folder = await mkdtemp(join(tmpdir(), "keyturn-oracle-"));
    const caFile = join(folder, "ca.pem");
    const pems = await generate([{ name: "commonName", value: "localhost" }], {
      extensions: [
        { name: "basicConstraints", cA: true },
        { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
      ],
    });
    await writeFile(caFile, pems.cert);
    const plain = await listening(refuseWith(12514, 12505));
    const named = await listening((socket) => socket.write(redirect(plain.port)), {
      key: pems.private,
      cert: pems.cert,
    });
    await expect(connect(named.port, "localhost", caFile)).rejects.toMatchObject({ code: "Redirected" });
    expect(named.asked).toHaveLength(1);
    expect(plain.asked.join("")).toBe("");
    await rm(folder, { recursive: true });
  });
});
