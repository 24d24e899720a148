import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { consoleApp } from "../../src/console/app.js";
import type { Desk } from "../../src/console/desk.js";
import { door } from "../../src/console/door.js";
import { ARN, EXECUTION, executionSeen, imaginedDesk, NOW, status } from "./imagined.js";

const HOST = "127.0.0.1:40000";

/** A console that somebody has entered, and what his browser sends. */
async function entered(more: Partial<Desk> = {}) {
  const desk = imaginedDesk(more);
  const way = door(40_000);
  const app = consoleApp(desk, way);
  const request = (path: string, init: RequestInit = {}) =>
    app.request(path.startsWith("http") ? path : `http://${HOST}${path}`, {
      ...init,
      headers: { Host: HOST, ...(init.headers as Record<string, string>) },
    });
  const first = await request(way.url);
  const [cookie = ""] = (first.headers.get("set-cookie") ?? "").split(";");
  const get = (path: string, headers: Record<string, string> = {}) =>
    request(way.base + path, { headers: { Cookie: cookie, ...headers } });
  const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    request(way.base + path, {
      method: "POST",
      body: new URLSearchParams(form),
      headers: { Cookie: cookie, Origin: `http://${HOST}`, ...headers },
    });
  return { desk, way, request, first, cookie, get, post };
}

describe("the door of the console", () => {
  it("is opened once by its URL, for the browser that used it", async () => {
    const { way, request, first, cookie, get } = await entered();
    expect(first.status).toBe(303);
    expect(first.headers.get("location")).toBe(`${way.base}/fleet`);
    expect(first.headers.get("set-cookie")).toMatch(
      new RegExp(`^keyturn=[\\w-]{32}; Path=${way.base}/; HttpOnly; SameSite=Strict$`),
    );
    expect((await get("/fleet")).status).toBe(200);
    const again = await request(way.url);
    expect([again.status, again.headers.get("set-cookie")]).toEqual([403, null]);
    expect(cookie).not.toContain(new URL(way.url).searchParams.get("token"));
  });

  it.each(["wrong", "", "A".repeat(32)])("is not opened by the token %j, which does not use it up", async (token) => {
    const way = door(40_000);
    const app = consoleApp(imaginedDesk(), way);
    const headers = { Host: HOST };
    expect((await app.request(`${way.origin}${way.base}/enter?token=${token}`, { headers })).status).toBe(403);
    expect((await app.request(way.url, { headers })).status).toBe(303);
  });

  it("lets nobody in without a session, wherever to, and says how one gets one", async () => {
    const { way, request } = await entered();
    for (const path of ["/fleet", "/secret?id=x", "/assets/console.css", "/store", "/nothing"]) {
      const answer = await request(way.base + path);
      expect([path, answer.status]).toEqual([path, 403]);
      expect(await answer.text()).toContain("Open the URL that keyturn console printed");
    }
    const guessed = await request(`${way.base}/fleet`, { headers: { Cookie: `keyturn=${"A".repeat(32)}` } });
    expect(guessed.status).toBe(403);
  });

  it("has no session before the URL was used", async () => {
    const way = door(40_000);
    const app = consoleApp(imaginedDesk(), way);
    expect(way.isIn([""])).toBe(false);
    expect((await app.request(`${way.origin}${way.base}/fleet`, { headers: { Host: HOST } })).status).toBe(403);
  });

  it("finds its session beside one that another port has set", async () => {
    const { get, cookie } = await entered();
    expect((await get("/fleet", { Cookie: `keyturn=other; ${cookie}` })).status).toBe(200);
  });

  it.each(["localhost:40000", "127.0.0.1", "127.0.0.1:40001", "evil.example", "evil.example:40000", ""])(
    "answers to no other name: %j",
    async (host) => {
      const { get } = await entered();
      const answer = await get("/fleet", { Host: host });
      expect(answer.status).toBe(421);
      expect(await answer.text()).toBe(`This console answers to ${HOST} alone.\n`);
    },
  );

  it.each([
    ["another site", { Origin: "http://evil.example" }],
    ["another port", { Origin: "http://127.0.0.1:40001" }],
    ["nowhere", { Origin: "null" }],
    ["another site, as the browser says", { "Sec-Fetch-Site": "cross-site" }],
    ["another port, as the browser says", { "Sec-Fetch-Site": "same-site" }],
  ])("neither shows nor does anything for a page of %s", async (_, headers) => {
    const { desk, get, post } = await entered();
    expect((await get("/fleet", headers)).status).toBe(403);
    expect((await post("/secret/rotate", { id: ARN }, headers)).status).toBe(403);
    expect(desk.asked).toEqual([]);
  });

  it("does nothing for a POST that does not say where it is from", async () => {
    const { desk, way, request, cookie } = await entered();
    const body = new URLSearchParams({ id: ARN });
    const answer = await request(`${way.base}/secret/rotate`, { method: "POST", body, headers: { Cookie: cookie } });
    expect(answer.status).toBe(403);
    expect(desk.asked).toEqual([]);
  });

  const CHANGES = [
    "/secret/rotate",
    "/secret/check",
    "/secret/pause",
    "/secret/unpause",
    "/selection/rotate",
    "/reload",
    "/store/it",
  ];

  it.each(CHANGES)("does nothing for a GET of %s", async (path) => {
    const { desk, get } = await entered();
    expect((await get(`${path}?id=${encodeURIComponent(ARN)}`)).status).toBe(405);
    expect(desk.asked).toEqual([]);
  });

  it("knows no other method", async () => {
    const { way, request, cookie } = await entered();
    for (const method of ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await request(`${way.base}/fleet`, { method, headers: { Cookie: cookie } });
      expect([method, answer.status]).toEqual([method, 405]);
    }
  });

  it("does what is asked of it by its own pages", async () => {
    const { desk, post } = await entered();
    const answer = await post("/secret/rotate", { id: ARN }, { "Sec-Fetch-Site": "same-origin" });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toContain(encodeURIComponent(EXECUTION));
    expect(desk.asked).toEqual([`rotate ${ARN}`]);
    await post("/secret/rotate", { id: ARN, leaked: "yes" }, { "Sec-Fetch-Site": "same-origin" });
    expect(desk.asked.at(-1)).toBe(`rotate ${ARN}, it leaked`);
  });

  it("takes no form without an end", async () => {
    const { desk, post } = await entered();
    expect((await post("/secret/rotate", { id: "x".repeat(600_000) })).status).toBe(413);
    expect(desk.asked).toEqual([]);
  });

  it("says with every answer what a browser may do with it, refusals too", async () => {
    const { get, request, way } = await entered();
    const answers = [
      await get("/fleet"),
      await get("/nothing"),
      await request(`${way.base}/fleet`),
      await get("/fleet", { Host: "x" }),
    ];
    for (const { headers } of answers) {
      expect(headers.get("content-security-policy")).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  it.each(["../app.ts", "..%2fapp.ts", "%2e%2e%2fapp.ts", "constructor", "console.css/../../app.ts"])(
    "serves its files and no others: %s",
    async (name) => {
      const { get } = await entered();
      expect((await get(`/assets/${name}`)).status).toBe(404);
    },
  );
});

describe("a page of the console", () => {
  const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
  const happening = { secretArn: EVIL, secretName: EVIL, executionArn: EVIL, startedAt: EVIL, endedAt: EVIL };
  const rotation = { ...happening, trigger: EVIL, requestedBy: EVIL, requestReason: EVIL, outcome: EVIL, reason: EVIL };
  const evil = status({
    ...{ name: EVIL, arn: EVIL, schedule: EVIL, engine: EVIL, strategy: EVIL, reason: EVIL, message: EVIL },
    ...{ state: "failing", execution: EVIL },
    failure: { outcome: EVIL, code: EVIL, message: EVIL, at: EVIL, times: 2, execution: EVIL },
  });
  const hostile: Partial<Desk> = {
    stage: EVIL,
    where: EVIL,
    fleet: async () => ({ secrets: [evil], isWhole: false, readAt: NOW, failed: new Error(EVIL) }),
    secret: async () => ({
      status: evil,
      description: EVIL,
      tags: { [EVIL]: EVIL },
      versions: [{ id: EVIL, labels: [EVIL] }],
      timeline: {
        happenings: [{ kind: "rotation", at: EVIL, record: { ...rotation, message: EVIL, phases: [] } as never }],
        next: EVIL,
      },
    }),
    execution: async () =>
      executionSeen({
        arn: EVIL,
        definition: { States: { [EVIL]: { Next: EVIL } } },
        input: { secretId: EVIL, requestedBy: EVIL, reason: EVIL },
        execution: {
          status: "failed",
          startedAt: NOW,
          endedAt: NOW,
          states: [{ state: EVIL, enteredAt: NOW, tries: [failedTry] }],
          phases: [{ name: "Set", status: "failed", startedAt: NOW, attempts: 2, waits: [], failed: failedTry.failed }],
          end: {
            outcome: "rolled back",
            reason: EVIL,
            message: EVIL,
            record: { ...rotation, outcome: "rolled back", facts: [EVIL], settle: [{ when: EVIL, run: [EVIL] }] },
          },
        },
      }),
    audit: async () => ({
      happenings: [{ kind: "retirement", at: EVIL, record: { ...happening, outcome: EVIL, message: EVIL } as never }],
      looked: 1,
      of: 2,
      isCut: true,
    }),
    offered: async () => ({
      stage: "dev",
      region: EVIL,
      schedules: [EVIL],
      keys: [{ value: EVIL, label: EVIL, hint: EVIL }],
    }),
    store: () => Promise.reject(new Error(EVIL)),
  };
  const failedTry = { startedAt: NOW, endedAt: NOW, failed: { name: EVIL, code: EVIL, message: EVIL } };
  const query = encodeURIComponent(EVIL);

  it.each([
    "/fleet",
    `/fleet?q=${query}&state=${query}&schedule=${query}&sort=${query}&page=${query}&age=${query}`,
    `/secret?id=${query}&before=${query}`,
    `/execution?id=${query}`,
    `/audit?secret=${query}&reason=${query}&from=${query}&to=${query}&outcome=${query}`,
    `/nothing/${query}`,
  ])("shows text of others as text: %s", async (path) => {
    const { get } = await entered(hostile);
    const page = await (await get(path)).text();
    expect(page).not.toContain("<script>");
    expect(page).not.toContain("<img");
    // Nothing broke out of its quotes: each tag is one that the pages have, with attributes that they have.
    expect(page.replace(/"[^"]*"/g, "").match(/<[^>]*\sonerror/)).toBeNull();
    expect(page).toContain("</html>");
  });

  it("shows a run's and a dry run's words as text, too", async () => {
    for (const seen of [
      executionSeen({
        machine: "rotate-fleet",
        input: { selection: { list: [EVIL] } },
        run: {
          ...{ status: "failed", executionArn: EVIL, rotated: 0, skipped: 1, failed: 1, next: EVIL },
          ...{ byReason: { [EVIL]: 1 }, leftOut: { [EVIL]: 1 } },
          end: { reason: EVIL, message: EVIL, failures: [EVIL] },
        },
      }),
      executionSeen({
        machine: "check-secret",
        output: { ok: false, checks: [{ phase: EVIL, check: EVIL, ok: false, code: EVIL, message: EVIL }] },
      }),
    ]) {
      const { get } = await entered({ execution: async () => seen });
      const page = await (await get("/execution?id=x")).text();
      expect(page).toContain("&lt;script&gt;");
      expect(page).not.toContain("<script>");
    }
  });

  it("has no script and no style of its own", async () => {
    const { get } = await entered();
    for (const path of ["/fleet", "/secret?id=x", "/execution?id=x", "/audit"]) {
      const page = await (await get(path)).text();
      expect(page.match(/<script(?![^>]* src=)/)).toBeNull();
      expect(page.match(/<style|\sstyle=|\son[a-z]+=/)).toBeNull();
    }
  });

  it("is small: style sheet, script and icon together", () => {
    const bytes = readdirSync("src/console/assets").map((file) => readFileSync(`src/console/assets/${file}`).length);
    expect(bytes.reduce((sum, one) => sum + one)).toBeLessThan(12_000);
  });
});
