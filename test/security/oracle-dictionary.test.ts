import { describe, expect, it } from "vitest";
import { type Played, server } from "../engines/oracle/server.js";

// Who may replace a public synonym puts a view of his own where an unqualified name means the dictionary, and the
// functions in it would run as the admin.

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const users = {
  APP: { status: "OPEN & IN ROLLOVER", roles: [["KEYTURN_APP", "default"]] },
  APP_CLONE: { roles: [["KEYTURN_APP", "default"]] },
} as const;
const played: Played = {
  users,
  rollover: "1",
  roles: ["KEYTURN_APP"],
  privileges: ["ALTER USER"],
  version: "23.4.0.24.5",
};
const password = "N3w-Password";

describe("what a session asks Oracle's dictionary", () => {
  it("is asked of SYS by name, whatever the synonyms are", async () => {
    const admin = server(played);
    await admin.session.alternate({ pair, password, grants: "sync" });
    await admin.session.retire({ pair });
    await admin.session.setPassword({ username: "app", password });
    await admin.session.addPassword?.({ username: "app", current: "0ld-Password", password });
    await admin.session.rehearse?.({ kind: "pair", pair, grants: "sync" });
    await admin.session.sessionsOf?.("app");
    await admin.session.isSuperuser();
    const own = server({ ...played, login: "app_clone" });
    await own.session.pair();
    await own.session.changeOwnPassword({ password });
    const asked = [...admin.queries, ...own.queries];
    expect(asked.length).toBeGreaterThan(30);
    const names = asked.flatMap((sql) => [...sql.matchAll(/\b(?:FROM|JOIN) +([^\s(]+)/g)].map(([, name]) => name));
    expect(names.filter((name) => !name?.startsWith("SYS."))).toEqual([]);
    expect(new Set(names)).toContain("SYS.DBA_USERS");
  });
});
