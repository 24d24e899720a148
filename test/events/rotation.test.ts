import { describe, expect, it } from "vitest";
import { rotationAnnouncement } from "../../src/events/rotation.js";
import type { AuditRecord, Outcome } from "../../src/rotation/ledger.js";

const record: Omit<AuditRecord, "outcome"> = {
  secretArn: "arn:secret",
  secretName: "shop/orders",
  executionArn: "arn:execution",
  trigger: "manual",
  reason: "Ended",
  message: "The execution was brought to rest.",
  startedAt: "2026-01-01T00:00:00.000Z",
  endedAt: "2026-01-01T00:00:01.000Z",
  phases: [],
  facts: ["The new credential logs in."],
};

describe("a rotation's summary", () => {
  it.each<[Outcome, string]>([
    ["succeeded", "The credential of shop/orders was rotated."],
    ["skipped", "The rotation of shop/orders was skipped (Ended): The execution was brought to rest."],
    [
      "rolled forward",
      "The credential of shop/orders was rotated, after a failure (Ended). The execution was brought to rest. The new credential logs in.",
    ],
    [
      "rolled back",
      "The rotation of shop/orders failed and was rolled back (Ended): The execution was brought to rest. The new credential logs in.",
    ],
    [
      "failed",
      "The rotation of shop/orders failed (Ended): The execution was brought to rest. The new credential logs in.",
    ],
    [
      "needs attention",
      "The rotation of shop/orders needs a person (Ended): The execution was brought to rest. The new credential logs in.",
    ],
  ])("is whole sentences where it %s", (outcome, summary) => {
    expect(rotationAnnouncement({ ...record, outcome }).detail.summary).toBe(summary);
  });
});
