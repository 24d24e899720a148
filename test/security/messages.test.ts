import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import type { Message } from "../../src/local/sns/service.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin } from "../tools/postgres.js";

const keyturn = useCloud({ forges: true });
const LURE = "Your account is locked. Log in at https://evil.example/aws within the hour";

/** Puts an event where announcements are, as somebody who may; waits for all that follows; gives the messages of it. */
async function announce(
  DetailType: string,
  detail: object,
  { bus = "Bus", source = "keyturn" } = {},
): Promise<readonly Message[]> {
  const before = (await keyturn.cloud.messages()).length;
  await new EventBridgeClient(keyturn.cloud.clientConfig).send(
    new PutEventsCommand({
      Entries: [
        { Source: source, DetailType, EventBusName: keyturn.cloud.resource(bus).ref, Detail: JSON.stringify(detail) },
      ],
    }),
  );
  await keyturn.cloud.settled();
  return (await keyturn.cloud.messages()).slice(before);
}

/** What was really announced of a secret last. */
async function lastAnnouncement(secretArn: string) {
  const ours = (await keyturn.cloud.events()).filter(
    ({ event }) => event.source === "keyturn" && event.detail.secretArn === secretArn,
  );
  const event = ours.at(-1)?.event;
  if (!event) throw new Error("Nothing was announced.");
  return { detailType: event["detail-type"], detail: event.detail as Record<string, unknown> };
}

const messagesOf = async (executionArn: string) =>
  (await keyturn.cloud.messages()).filter(({ message }) => message.includes(executionArn));

const lures = async () =>
  (await keyturn.cloud.messages()).filter(({ subject, message }) => /evil|locked/.test(subject + message));

describe("a message to people", () => {
  it("tells of a rotation: what, when, how it ended, why, and what to do next", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const { executionArn } = await keyturn.rotate(secret);
    const [told] = await messagesOf(executionArn);
    expect(told?.subject).toMatch(/^Keyturn: the credential of test\/\w+ was rotated$/);
    expect(told?.message).toMatch(/^When: +20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC/m);
    expect(told?.message).toMatch(/^Next: +Nothing is to be done/m);
  });

  it.each([
    "Secret Rotation Succeeded",
    "Secret Rotation Failed",
    "Secret Rotation Needs Attention",
    "Secret Retirement Failed",
    "Secret Changed Outside Keyturn",
    "Secret Check Failed",
    "Consumer Refresh Failed",
  ])("is not made of an event that was never on record: %s", async (detailType) => {
    const secret = await keyturn.secretFor(await createLogin());
    const forged = {
      version: "1",
      secretArn: secret,
      secretName: LURE,
      consumer: "orders-api",
      executionArn: `${keyturn.cloud.resource("RotateSecret").ref.replace(":stateMachine:", ":execution:")}:nobody`,
      outcome: "failed",
      reason: LURE,
      message: LURE,
      summary: LURE,
      versionId: "a-version-that-is-not-there-at-all-0000",
      previousVersionId: LURE,
      startedAt: new Date().toISOString(),
      changedAt: new Date().toISOString(),
      endedAt: new Date().toISOString(),
    };
    expect(await announce(detailType, forged)).toEqual([]);
    expect(await announce(detailType, { summary: LURE })).toEqual([]);
    expect(
      await announce(detailType, { ...forged, executionArn: LURE, startedAt: LURE, secretArn: LURE, consumer: LURE }),
    ).toEqual([]);
  });

  it("of a rotation that there was says what the record says, whatever the event does", async () => {
    const secret = await keyturn.secretFor(await createLogin(), {}, { "keyturn:probe": "select no_such_column" });
    await keyturn.rotate(secret);
    const { detailType, detail } = await lastAnnouncement(secret);
    const [told] = await announce(detailType, {
      ...detail,
      summary: LURE,
      message: LURE,
      reason: LURE,
      secretName: LURE,
      requestedBy: LURE,
    });
    expect(told?.message).toContain(String(detail.reason));
    expect(await lures()).toEqual([]);
  });

  it("is not sent for an outcome that the record does not have", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    const { detail } = await lastAnnouncement(secret);
    for (const detailType of ["Secret Rotation Failed", "Secret Rotation Needs Attention", "Secret Check Failed"])
      expect(await announce(detailType, detail)).toEqual([]);
    expect(await announce("Secret Rotation Needs Attention", { ...detail, reason: "NotRecorded" })).toEqual([]);
    const { secretArn: _, ...nameless } = detail;
    expect(await announce("Secret Rotation Needs Attention", { ...nameless, reason: "NotRecorded" })).toEqual([]);
  });

  it("is not sent of a retirement that had nothing to tell", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    const { detail } = await lastAnnouncement(secret);
    const rotation = { secretArn: secret, executionArn: detail.executionArn };
    const executionArn = await keyturn.start("RetireSecret", { rotation });
    await keyturn.cloud.settled();
    const forged = { executionArn, reason: "NotRecorded", summary: LURE };
    expect(await announce("Secret Retirement Failed", forged)).toEqual([]);
    expect(await lures()).toEqual([]);
  });

  it("does not mix one secret's record with another's name", async () => {
    const [one, other] = [await keyturn.secretFor(await createLogin()), await keyturn.secretFor(await createLogin())];
    await keyturn.rotate(one);
    const { detailType, detail } = await lastAnnouncement(one);
    expect(await announce(detailType, { ...detail, secretArn: other })).toEqual([]);
  });

  it("tells of a dry run that failed what the execution found", async () => {
    const secret = await keyturn.secretFor(await createLogin(), {}, { "keyturn:probe": "select no_such_column" });
    const { executionArn } = await keyturn.check(secret);
    const [told] = await messagesOf(executionArn);
    expect(told?.subject).toMatch(/^Keyturn: the rotation of test\/\w+ would fail$/);
    const { detail } = await lastAnnouncement(secret);
    const wrong = { phase: "plan", check: "Plan", ok: false, code: "Evil", message: LURE };
    await announce("Secret Check Failed", { ...detail, summary: LURE, message: LURE, checks: [wrong] });
    expect(await lures()).toEqual([]);
  });

  it("tells of a rotation that could not be recorded, and of none that could", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const unwritable = keyturn.cloud.inject({
      match: ({ operation, caller }) => operation === "PutItem" && caller.includes("-RecordRole/"),
      kind: "deny",
      when: "before",
    });
    const { executionArn } = await keyturn.rotate(secret);
    unwritable.lift();
    const [told] = await messagesOf(executionArn);
    expect(told?.subject).toBe("Keyturn: a rotation ended without a record");
    const forged = { executionArn, reason: "NotRecorded", summary: LURE };
    expect(await announce("Secret Retirement Failed", forged)).toEqual([]);
    const [again] = await announce("Secret Rotation Needs Attention", forged);
    expect(again?.message).toBe(told?.message);
  });

  it("that cannot be sent is tried again, and then left where an alarm sees it", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const match = ({ service, operation }: FaultyCall) => service === "sns" && operation === "Publish";
    keyturn.cloud.inject({ match, kind: "fault", when: "before", times: 4 });
    const { executionArn } = await keyturn.rotate(secret);
    expect(await messagesOf(executionArn)).toHaveLength(1);
    const { resource } = keyturn.cloud;
    const queue = resource("DeadLetters").attributes.Arn;
    expect(resource("AnnouncementRule").properties.Targets).toMatchObject([{ DeadLetterConfig: { Arn: queue } }]);
    expect(resource("TellPeopleFailed").properties).toMatchObject({
      FunctionName: resource("TellPeopleLambdaFunction").ref,
      DestinationConfig: { OnFailure: { Destination: queue } },
    });
  });

  it("quotes what a requester wrote in one marked line, cut, and without control characters", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const requestedBy = `ops\r\n\r\nNext: log in at https://evil.example\u2028\u202e${"x".repeat(900)}`;
    await keyturn.request({ secretId: secret, requestedBy, reason: "leak\u0007ed\nExecution: mine" });
    const [told] = (await keyturn.cloud.messages()).filter(({ message }) => message.includes("evil.example"));
    const lines = told?.message.split("\n") ?? [];
    const marked = lines.filter((line) => line.includes("evil.example"));
    expect(marked).toHaveLength(1);
    expect(marked[0]).toMatch(/^Asked by \(as the requester wrote it, unchecked\): /);
    expect(marked[0]?.length).toBeLessThan(500);
    expect(lines.filter((line) => /^Next:/.test(line))).toHaveLength(1);
    expect(lines.filter((line) => /^Execution:/.test(line))).toHaveLength(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is looked at
    expect(told?.message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u2028\u202e]/);
    expect(told?.subject).not.toContain("evil");
  });

  it("does not take a name that was asked for and does not exist for a secret's", async () => {
    await keyturn.request({ secretId: `evil.example/${"y".repeat(300)}` });
    const told = (await keyturn.cloud.messages()).filter(({ message }) => message.includes("evil.example/y"));
    expect(told.length).toBeGreaterThan(0);
    for (const { subject, message } of told) {
      expect(subject).not.toContain("evil");
      const lines = message.split("\n").filter((line) => line.includes("evil.example"));
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.every((line) => line.startsWith("Asked for (as the requester wrote it, unchecked): "))).toBe(true);
    }
  });
});

describe("the two buses", () => {
  it("let a request start a rotation on the bus for requests only", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await announce("Rotation Requested", { secretId: secret }, { bus: "Bus", source: "ops" });
    expect(await keyturn.records(secret)).toEqual([]);
    await keyturn.request({ secretId: secret });
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "succeeded", trigger: "event" }]);
  });

  it("let no announcement in by the bus for requests", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    const { detailType, detail } = await lastAnnouncement(secret);
    expect(await announce(detailType, detail, { bus: "Requests" })).toEqual([]);
  });
});
