import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { authorization } from "../../src/local/gateway/authorization.js";
import type { PolicyStatement } from "../../src/local/service.js";
import type { UnseenRight } from "../../stage/permissions/exceptions.js";
import { RECORDING, readRecording, recorder } from "../../stage/permissions/recording.js";
import { reportOn } from "../../stage/permissions/report.js";
import { rolesIn } from "../../stage/permissions/roles.js";

const QUEUE = "arn:aws:sqs:eu-central-1:1:queue";
const send: PolicyStatement = {
  Effect: "Allow",
  Action: ["sqs:SendMessage", "sqs:ReceiveMessage"],
  Resource: [QUEUE, `${QUEUE}-2`],
};

let folder: string;
let templateFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-iam-report-"));
  templateFile = await withRoles("template", [send]);
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rm(folder, { recursive: true, force: true }));

async function withRoles(name: string, Statement: readonly PolicyStatement[]): Promise<string> {
  const Properties = { Policies: [{ PolicyDocument: { Statement } }] };
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify({ Resources: { PlanRole: { Type: "AWS::IAM::Role", Properties } } }));
  return file;
}

type Call = readonly [action: string, resource: string];

/** What is recorded of calls by a role with these statements. */
function recorded(calls: readonly Call[], statements = [send], record = recorder(templateFile)) {
  const authorize = authorization(() => [], record.onDecision);
  for (const [action, resource] of calls)
    try {
      authorize({ arn: "arn:aws:sts::1:assumed-role/stack-dev-PlanRole/plan", statements }, [
        { action, resource, conditions: {} },
      ]);
    } catch {
      // Refused, which the recording has.
    }
  return record.recorded();
}

const report = (calls: readonly Call[], unseen: readonly UnseenRight[] = [], statements = [send]) =>
  reportOn({ PlanRole: statements }, recorded(calls, statements), unseen);
const ALL: readonly Call[] = [
  ["sqs:SendMessage", QUEUE],
  ["sqs:ReceiveMessage", `${QUEUE}-2`],
];

describe("the report", () => {
  it("is empty where each action and each resource was needed", () => {
    expect(report(ALL)).toEqual({ unused: [], refused: [], idle: [], rights: 4 });
  });

  it("names an action and a resource that no call needed", () => {
    expect(report([["sqs:SendMessage", QUEUE]]).unused).toEqual([
      `PlanRole: sqs:ReceiveMessage on ${QUEUE}, ${QUEUE}-2`,
      `PlanRole: sqs:SendMessage, sqs:ReceiveMessage on ${QUEUE}-2`,
    ]);
  });

  it("names what is allowed twice, of which neither was needed", () => {
    const twice = [send, { ...send, Action: "sqs:*" }];
    expect(report(ALL, [], twice).unused).toHaveLength(7);
    expect(
      report(ALL, [], [{ ...send, Action: ["sqs:SendMessage", "sqs:Send*", "sqs:ReceiveMessage"] }]).unused,
    ).toEqual([
      expect.stringContaining("sqs:SendMessage on"),
      expect.stringContaining("sqs:Send* on"),
      expect.stringContaining(`on ${QUEUE}`),
    ]);
  });

  it("names what was refused", () => {
    expect(report([...ALL, ["sqs:DeleteQueue", QUEUE], ["sqs:DeleteQueue", QUEUE]]).refused).toEqual([
      `PlanRole: sqs:DeleteQueue on ${QUEUE}`,
    ]);
  });

  it("lets an exception stand for as long as it is one", () => {
    const unseen = { roles: ["PlanRole"], actions: ["sqs:ReceiveMessage"], why: "", page: "" };
    const onlySent: readonly Call[] = [
      ["sqs:SendMessage", QUEUE],
      ["sqs:SendMessage", `${QUEUE}-2`],
    ];
    expect(report(onlySent, [unseen])).toMatchObject({ unused: [], idle: [] });
    expect(report(ALL, [unseen])).toMatchObject({ unused: [], idle: ["PlanRole: sqs:ReceiveMessage"] });
    expect(report(onlySent, [{ ...unseen, roles: ["RecordRole"] }]).unused).toHaveLength(1);
  });
});

describe("a recording", () => {
  it("is of all processes that wrote into the folder, without what tests had refused on purpose", () => {
    const into = join(folder, "recording");
    vi.stubEnv(RECORDING, into);
    const [first, second] = ALL as [Call, Call];
    recorded([first, ["sqs:DeleteQueue", QUEUE]]);
    const onPurpose = recorder(templateFile, ({ refused }) => refused === "sqs:PurgeQueue");
    expect(recorded([second, ["sqs:PurgeQueue", QUEUE]], [send], onPurpose).refusals).toEqual([]);
    const roles = rolesIn(templateFile);
    expect(reportOn(roles, readRecording(into, roles), [])).toMatchObject({
      unused: [],
      refused: [`PlanRole: sqs:DeleteQueue on ${QUEUE}`],
    });
  });

  it("is not read where there is none, nor where the roles are others by now", async () => {
    const into = join(folder, "stale");
    vi.stubEnv(RECORDING, into);
    recorder(templateFile);
    const others = rolesIn(await withRoles("changed", [{ ...send, Action: "sqs:SendMessage" }]));
    expect(() => readRecording(into, others)).toThrow("There is no recording of these roles in");
    expect(() => readRecording(join(folder, "none"), others)).toThrow("There is no recording of these roles in");
    recorder(await withRoles("changed", [{ ...send, Action: "sqs:SendMessage" }]));
    expect(readRecording(into, others)).toMatchObject({ others: 1 });
  });
});
