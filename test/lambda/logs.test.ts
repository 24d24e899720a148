import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { createLogin } from "../tools/postgres.js";
import { until } from "../tools/until.js";

const keyturn = useCloud();

type Line = Readonly<Record<string, unknown>>;

/** Every line of every function that is written whole, which has to be JSON. A log comes after what it tells of. */
function lines(): Line[] {
  const folder = join(keyturn.folder, "logs");
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line),
  );
}

const said = (executionArn: string) => lines().filter(({ correlation_id: id }) => id === executionArn);
const has = (executionArn: string, phase: string) => said(executionArn).some((line) => line.phase === phase);
const figures = (name: string) => lines().filter((line) => "_aws" in line && name in line);
const PHASES_COUNTED = ["create", "set", "test", "record"];
const BROKEN = { "keyturn:probe": "select no_such_column" };

describe("the log of a rotation", () => {
  it("is found by its execution, in each function, and says which secret and phase", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const { executionArn } = await keyturn.rotate(secret);
    await until(() => said(executionArn).length >= 7);
    const found = said(executionArn);
    expect(found.map(({ phase }) => phase).sort()).toEqual(
      ["create", "finish", "plan", "record", "set", "tell-people", "test"].sort(),
    );
    for (const line of found)
      expect(line).toMatchObject({
        level: "INFO",
        message: "done",
        service: "keyturn-dev",
        function_name: expect.stringMatching(/^keyturn-dev-/),
        function_request_id: expect.any(String),
        ms: expect.any(Number),
      });
    expect(found.filter(({ secretArn }) => secretArn === secret).length).toBeGreaterThanOrEqual(4);
  });

  it("has the error of one that fails, and nothing of what went before in the same environment", async () => {
    const secret = await keyturn.secretFor(await createLogin(), {}, BROKEN);
    const { executionArn } = await keyturn.rotate(secret);
    await until(() => has(executionArn, "test") && has(executionArn, "record"));
    const failed = said(executionArn).filter(({ level }) => level === "ERROR");
    expect(failed).toMatchObject([
      { phase: "test", secretArn: secret, message: "failed", error: { code: "ProbeFailed", name: expect.any(String) } },
    ]);
    const recorded = said(executionArn).find(({ phase }) => phase === "record");
    expect(recorded).not.toHaveProperty("secretArn");
    expect(recorded).not.toHaveProperty("versionId");
  });

  it("and of a dry run has no event, and no more of it than identifiers", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const { executionArn } = await keyturn.check(secret);
    await until(() => said(executionArn).length >= 6);
    const phases = said(executionArn).map(({ phase }) => phase);
    expect(phases.sort()).toEqual(["create", "finish", "plan", "set", "sum-up-checks", "test"]);
    expect(Object.keys(Object.assign({}, ...said(executionArn)))).not.toContain("event");
    expect(said(executionArn).every(({ plan, input }) => plan === undefined && input === undefined)).toBe(true);
  });
});

describe("the figures", () => {
  it("of rotations are lines in the embedded metric format, counted once each", async () => {
    const before = figures("Rotations").length;
    const byEngine = (line: Line) => "Engine" in line;
    const rotated = await keyturn.rotate(await keyturn.secretFor(await createLogin()));
    const broken = await keyturn.rotate(await keyturn.secretFor(await createLogin(), {}, BROKEN));
    // A function says what it counted before it says that it is done.
    for (const { executionArn } of [rotated, broken])
      await until(() => PHASES_COUNTED.every((phase) => has(executionArn, phase)));
    const counted = figures("Rotations").slice(before);
    expect(counted.filter(byEngine).map(({ Outcome }) => Outcome)).toEqual(["succeeded", "rolled back"]);
    expect(counted.filter((line) => !byEngine(line)).map(({ Outcome }) => Outcome)).toEqual([
      "succeeded",
      "rolled back",
    ]);
    expect(counted.find(byEngine)).toMatchObject({
      service: "keyturn-dev",
      Engine: "postgres",
      Rotations: 1,
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: "Keyturn",
            Dimensions: [["service", "Outcome", "Engine"]],
            Metrics: [{ Name: "Rotations", Unit: "Count" }],
          },
        ],
      },
    });
    const [gap] = figures("CredentialGap").slice(-1);
    expect(gap).toMatchObject({ Engine: "postgres", CredentialGap: expect.any(Number) });
    expect(new Set(figures("PhaseTime").map(({ Phase }) => Phase))).toEqual(
      new Set(["create", "set", "test", "finish", "rollBack"]),
    );
  });

  it("of the doctor, the look for what is overdue and the recovery are there without any secret that ails", async () => {
    for (const schedule of ["doctor", "overdue", "recovery"]) {
      keyturn.cloud.fireSchedule(schedule, new Date());
      await keyturn.cloud.settled();
    }
    await until(() => ["NotReady", "Overdue", "Stuck"].every((name) => figures(name).length > 0));
    expect(figures("NotReady").at(-1)).toMatchObject({ Checked: expect.any(Number), NotReady: expect.any(Number) });
    expect(figures("Overdue").at(-1)).toMatchObject({ Overdue: 0 });
    expect(figures("Stuck").at(-1)).toMatchObject({ Stuck: 0, NeedsAttention: 0 });
    expect(figures("Stuck").at(-1)).not.toHaveProperty("schedule");
  });
});
