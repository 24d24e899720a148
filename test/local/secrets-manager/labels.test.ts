import { describe, expect, it } from "vitest";
import {
  attachLabels,
  type Labels,
  labelsOf,
  type Move,
  moveLabel,
} from "../../../src/local/secrets-manager/labels.js";
import type { ServiceError } from "../../../src/local/service.js";

const API = "https://docs.aws.amazon.com/secretsmanager/latest/apireference";
const PUT = `${API}/API_PutSecretValue.html`;
const MOVE = `${API}/API_UpdateSecretVersionStage.html`;
const LIMITS = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html";
/** Answers of AWS, recorded by the tests of another project; AWS's own pages are silent. */
const RECORDED =
  "https://github.com/localstack/localstack/blob/4c5bdbe/tests/aws/services/secretsmanager/test_secretsmanager.snapshot.json";

const twenty = Array.from({ length: 20 }, (_, index) => `label${index}`);

describe("attaching labels to a new version", () => {
  const cases: ReadonlyArray<{ rule: string; source: string; before: Labels; added: string[]; after: Labels }> = [
    {
      rule: "AWSCURRENT moves, and AWSPREVIOUS goes to where it was",
      source: PUT,
      before: { AWSCURRENT: "v1" },
      added: ["AWSCURRENT"],
      after: { AWSCURRENT: "v2", AWSPREVIOUS: "v1" },
    },
    {
      rule: "the AWSPREVIOUS before loses its label",
      source: PUT,
      before: { AWSCURRENT: "v1", AWSPREVIOUS: "v0" },
      added: ["AWSCURRENT"],
      after: { AWSCURRENT: "v2", AWSPREVIOUS: "v1" },
    },
    {
      rule: "AWSPENDING alone moves nothing else",
      source: PUT,
      before: { AWSCURRENT: "v1", AWSPREVIOUS: "v0" },
      added: ["AWSPENDING"],
      after: { AWSCURRENT: "v1", AWSPREVIOUS: "v0", AWSPENDING: "v2" },
    },
    {
      rule: "AWSPENDING is taken off the version that had it, so that a rotation under way is abandoned",
      source: PUT,
      before: { AWSCURRENT: "v1", AWSPENDING: "v0" },
      added: ["AWSPENDING"],
      after: { AWSCURRENT: "v1", AWSPENDING: "v2" },
    },
    {
      rule: "a label of one's own is on one version at a time",
      source: PUT,
      before: { AWSCURRENT: "v1", one: "v0", three: "v0" },
      added: ["one", "two"],
      after: { AWSCURRENT: "v1", one: "v2", two: "v2", three: "v0" },
    },
    {
      rule: "labels of one's own stay on the version that loses AWSCURRENT",
      source: RECORDED,
      before: { AWSCURRENT: "v1", mine: "v1" },
      added: ["AWSCURRENT"],
      after: { AWSCURRENT: "v2", AWSPREVIOUS: "v1", mine: "v1" },
    },
    {
      rule: "AWSPENDING left beside AWSCURRENT goes away when AWSCURRENT leaves",
      source: RECORDED,
      before: { AWSCURRENT: "v1", AWSPENDING: "v1" },
      added: ["AWSCURRENT"],
      after: { AWSCURRENT: "v2", AWSPREVIOUS: "v1" },
    },
    {
      rule: "AWSPENDING on a third version stays when AWSCURRENT moves",
      source: PUT,
      before: { AWSCURRENT: "v1", AWSPENDING: "v0" },
      added: ["AWSCURRENT"],
      after: { AWSCURRENT: "v2", AWSPREVIOUS: "v1", AWSPENDING: "v0" },
    },
  ];
  it.each(cases)("$rule ($source)", ({ before, added, after }) => {
    expect(attachLabels(before, added, "v2")).toEqual(after);
  });

  it(`a version has at most 20 labels (${LIMITS})`, () => {
    expect(labelsOf(attachLabels({}, twenty, "v1"), "v1")).toHaveLength(20);
    expect(failure(() => attachLabels({}, [...twenty, "label20"], "v1")).code).toBe("LimitExceededException");
  });
});

describe("UpdateSecretVersionStage", () => {
  const moves: ReadonlyArray<{ rule: string; source: string; before: Labels; move: Move; after: Labels }> = [
    {
      rule: "AWSCURRENT moves to AWSPENDING's version, AWSPREVIOUS follows, AWSPENDING stays",
      source: MOVE,
      before: { AWSCURRENT: "v1", AWSPREVIOUS: "v0", AWSPENDING: "v2" },
      move: { label: "AWSCURRENT", from: "v1", to: "v2" },
      after: { AWSCURRENT: "v2", AWSPREVIOUS: "v1", AWSPENDING: "v2" },
    },
    {
      rule: "going back: AWSCURRENT and AWSPREVIOUS change places",
      source: MOVE,
      before: { AWSCURRENT: "v2", AWSPREVIOUS: "v1" },
      move: { label: "AWSCURRENT", from: "v2", to: "v1" },
      after: { AWSCURRENT: "v1", AWSPREVIOUS: "v2" },
    },
    {
      rule: "a label that is nowhere is attached",
      source: MOVE,
      before: { AWSCURRENT: "v1" },
      move: { label: "mine", to: "v1" },
      after: { AWSCURRENT: "v1", mine: "v1" },
    },
    {
      rule: "a label may be named like a property that every object has",
      source: MOVE,
      before: { AWSCURRENT: "v1" },
      move: { label: "constructor", to: "v1" },
      after: { AWSCURRENT: "v1", constructor: "v1" } as Labels,
    },
    {
      rule: "a label of one's own moves alone",
      source: MOVE,
      before: { AWSCURRENT: "v2", AWSPREVIOUS: "v1", mine: "v1" },
      move: { label: "mine", from: "v1", to: "v2" },
      after: { AWSCURRENT: "v2", AWSPREVIOUS: "v1", mine: "v2" },
    },
    {
      rule: "without MoveToVersionId the label is removed",
      source: MOVE,
      before: { AWSCURRENT: "v1", AWSPENDING: "v2" },
      move: { label: "AWSPENDING", from: "v2" },
      after: { AWSCURRENT: "v1" },
    },
    {
      rule: "a label that is there already stays, with no AWSPREVIOUS made",
      source: MOVE,
      before: { AWSCURRENT: "v1" },
      move: { label: "AWSCURRENT", to: "v1" },
      after: { AWSCURRENT: "v1" },
    },
  ];
  it.each(moves)("$rule ($source)", ({ before, move, after }) => {
    expect(moveLabel(before, move)).toEqual(after);
  });

  const refusals: ReadonlyArray<{ rule: string; before: Labels; move: Move; message: string }> = [
    {
      rule: "a label attached elsewhere needs RemoveFromVersionId",
      before: { AWSCURRENT: "v1" },
      move: { label: "AWSCURRENT", to: "v2" },
      message:
        "The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version v1, so you must explicitly reference that version in RemoveFromVersionId.",
    },
    {
      rule: "RemoveFromVersionId must be the version that has the label",
      before: { AWSCURRENT: "v1" },
      move: { label: "AWSCURRENT", from: "v0", to: "v2" },
      message:
        "When you move staging label AWSCURRENT, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label AWSCURRENT.",
    },
    {
      rule: "so the same move sent again fails",
      before: { AWSCURRENT: "v2", AWSPREVIOUS: "v1" },
      move: { label: "AWSCURRENT", from: "v1", to: "v2" },
      message:
        "When you move staging label AWSCURRENT, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label AWSCURRENT.",
    },
    {
      rule: "a label that is nowhere cannot be removed",
      before: { AWSCURRENT: "v1" },
      move: { label: "AWSPENDING", from: "v1" },
      message:
        "When you move staging label AWSPENDING, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label AWSPENDING.",
    },
    {
      rule: "AWSCURRENT cannot be removed",
      before: { AWSCURRENT: "v1" },
      move: { label: "AWSCURRENT", from: "v1" },
      message:
        "You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.",
    },
    {
      rule: "there must be something to do",
      before: { AWSCURRENT: "v1" },
      move: { label: "mine" },
      message: "You must specify RemoveFromVersionId, MoveToVersionId, or both.",
    },
  ];
  it.each(refusals)(`refused: $rule (${MOVE})`, ({ before, move, message }) => {
    expect(failure(() => moveLabel(before, move))).toMatchObject({ code: "InvalidParameterException", message });
  });

  it(`a version has at most 20 labels (${LIMITS})`, () => {
    const full = attachLabels({}, twenty, "v1");
    expect(failure(() => moveLabel(full, { label: "label20", to: "v1" })).code).toBe("LimitExceededException");
  });
});

function failure(work: () => unknown): ServiceError {
  try {
    work();
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error("nothing was refused");
}
