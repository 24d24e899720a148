import { afterEach, describe, expect, it } from "vitest";
import { TARGETS } from "../../scripts/engines/targets.js";
import { PATIENCE } from "../tools/patience.js";
import { requestFrom, sqlserverAt } from "./live-targets.js";
import { DONE, DONE_PROCEDURE, FACTS, LOGIN_TAKEN, row, type TdsServer, tdsServer } from "./sqlserver/tds.js";
import { BATCH, LOGIN, packet } from "./sqlserver/tds-packets.js";

const servers: TdsServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});

/** A server that says this of Babelfish's version. */
async function saying(babelfish: string | null) {
  const server = await tdsServer((kind, before) => {
    if (kind === LOGIN) return packet(LOGIN_TAKEN, DONE);
    if (kind === BATCH) return packet(DONE);
    return packet(before === 0 ? FACTS : row({ babelfish }), DONE_PROCEDURE);
  });
  servers.push(server);
  return sqlserverAt({
    target: { host: "127.0.0.1", port: server.port, tls: false },
    credential: { username: "sa", password: "Keyturn-t3st.only" },
    ...PATIENCE,
  });
}

const sqlserver = TARGETS.find(({ engine }) => engine === "sqlserver");

describe("a server that somebody else runs", () => {
  it("is reached by TLS, with an authority of its own where its URL names one", () => {
    expect(requestFrom(new URL("mssql://sa:p%40ss@db:1433/shop?ca=/etc/our%20ca.pem"))).toMatchObject({
      target: { host: "db", port: 1433, database: "shop", tls: true },
      credential: { username: "sa", password: "p@ss" },
      caFile: "/etc/our ca.pem",
    });
    const plain = requestFrom(new URL("mssql://sa:p@db:1433/shop?ssl=false"));
    expect(plain).toMatchObject({ target: { tls: false } });
    expect(plain).not.toHaveProperty("caFile");
  });

  it("is SQL Server where it says nothing else", async () => {
    const { name, lacks } = await saying(null);
    expect(name).toMatch(sqlserver?.server ?? /^$/);
    expect(lacks).toBeUndefined();
  });

  it("is a compatible server where it is Babelfish, which has no pairs", async () => {
    const { name, lacks } = await saying("4.4.0");
    expect(name).not.toMatch(sqlserver?.server ?? /^/);
    expect(name).toMatch(sqlserver?.compatible?.server ?? /^$/);
    expect(lacks).toMatchObject({ clones: expect.any(String) });
  });
});
