import { DETAIL_TYPES, SOURCE } from "../../src/events/names.js";
import type { Template } from "../../src/local/template/template.js";

/** Events for a rule of the template: those that it is for, and those that it must let pass. */
export interface RuleEvents {
  readonly matches: readonly object[];
  readonly misses: readonly object[];
}

/** By the rule's, or the archive's, logical id. */
export function ruleEvents({ resource }: Pick<Template, "resource">): Readonly<Record<string, RuleEvents>> {
  const [rotate, retire, check] = ["RotateSecret", "RetireSecret", "CheckSecret"].map((id) => resource(id).ref);
  const requested = (detail: object) => event("ops", DETAIL_TYPES.rotationRequested, detail);
  const asked = (dryRun: unknown) => requested({ secretId: "shop/app", dryRun });
  const ended = (stateMachineArn: string | undefined, status: string, more: object = {}) =>
    event("aws.states", "Step Functions Execution Status Change", {
      ...{
        executionArn: `${stateMachineArn?.replace(":stateMachine:", ":execution:")}:one`,
        stateMachineArn,
        name: "one",
      },
      ...{ status, startDate: 1_795_000_000_000, stopDate: status === "RUNNING" ? null : 1_795_000_060_000 },
      ...{ input: '{"secretId":"shop/app"}', inputDetails: { included: true }, output: null, outputDetails: null },
      ...more,
    });
  const moved = (labelUpdated: string) =>
    event("aws.secretsmanager", "Secret Label Updated", { name: "shop/app", labelUpdated, versionId: "a" });
  const announced = (type: keyof typeof DETAIL_TYPES, detail: object = {}, source = SOURCE) =>
    event(source, DETAIL_TYPES[type], { version: "1", secretArn: "arn:aws:secretsmanager:x:1:secret:a", ...detail });
  const recovery = '{"trigger":"recovery","ended":{"executionArn":"arn"}}';
  // Longer than an event takes: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
  const cut = { input: null, inputDetails: { included: false } };

  return {
    RotationRequestedRule: {
      // An empty array is as no value, to AWS; the machine refuses it.
      matches: [requested({ secretId: "shop/app" }), asked(false), asked([])],
      misses: [asked(true), asked(null), asked("yes"), asked(1), requested({}), announced("checkFailed")],
    },
    FleetRequestedRule: {
      // An object is no leaf, so it is as if nothing were said: the machine refuses it.
      matches: [
        ...[requested({ selection: { tags: { team: "payments" } } }), requested({}), requested({ secretId: {} })],
        ...[requested({ dryRun: true, selection: { list: ["shop/app"] } }), requested({ secretId: [] })],
      ],
      misses: [requested({ secretId: "shop/app" }), asked(true), asked(false), announced("fleetRotated")],
    },
    CheckRequestedRule: {
      matches: [asked(true), asked(null), asked("yes"), asked(""), asked(1), asked(0), asked(-5), asked([true])],
      misses: [requested({ secretId: "shop/app" }), asked(false), requested({ dryRun: true })],
    },
    ExecutionEndedRule: {
      matches: [ended(rotate, "TIMED_OUT"), ended(rotate, "ABORTED")],
      misses: [ended(rotate, "RUNNING"), ended(rotate, "SUCCEEDED"), ended(rotate, "FAILED"), ended(check, "ABORTED")],
    },
    ExecutionFailedRule: {
      matches: [ended(rotate, "FAILED"), ended(rotate, "FAILED", cut)],
      misses: [
        ended(rotate, "FAILED", { input: recovery }),
        ...[ended(rotate, "SUCCEEDED"), ended(rotate, "ABORTED", cut), ended(check, "FAILED")],
      ],
    },
    RetirementCutOffRule: {
      matches: [ended(retire, "TIMED_OUT"), ended(retire, "ABORTED")],
      misses: [ended(retire, "FAILED"), ended(rotate, "ABORTED")],
    },
    LabelMovedRule: {
      matches: [moved("AWSCURRENT")],
      misses: [moved("AWSPENDING"), moved("AWSPREVIOUS"), announced("changedOutside")],
    },
    OldCredentialLeftRule: {
      matches: ["alternating-users", "dual-password"].map((strategy) =>
        announced("rotationSucceeded", { strategy, previousVersionId: "a" }),
      ),
      misses: [
        announced("rotationSucceeded", { strategy: "single-user", previousVersionId: "a" }),
        announced("rotationSucceeded", { strategy: "dual-password" }),
        announced("rotationFailed", { strategy: "dual-password", previousVersionId: "a" }),
        announced("rotationSucceeded", { strategy: "dual-password", previousVersionId: "a" }, "somebody"),
      ],
    },
    // As keyturn.yml names them.
    AnnouncementRule: {
      matches: [
        ...[announced("rotationSucceeded"), announced("rotationFailed"), announced("rotationNeedsAttention")],
        ...[announced("retirementFailed"), announced("changedOutside"), announced("checkFailed")],
        ...[
          announced("fleetRotated", { failed: 1 }),
          announced("fleetStopped", { failed: 20 }),
          announced("secretsOverdue"),
          announced("fleetChecked", { failed: 3 }),
        ],
      ],
      misses: [
        ...[announced("fleetRotated", { failed: 0 }), announced("fleetRotated"), announced("fleetStarted")],
        announced("fleetChecked", { failed: 0 }),
        announced("rotationSkipped"),
        announced("credentialRetired"),
        announced("checkFailed", {}, "somebody"),
      ],
    },
    Archive: { matches: [announced("rotationSucceeded")], misses: [announced("rotationFailed", {}, "somebody")] },
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
function event(source: string, type: string, detail: object): object {
  return {
    ...{ version: "0", id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "detail-type": type, source },
    ...{
      account: "123456789012",
      time: "2026-11-24T02:00:00Z",
      region: "eu-central-1",
      resources: ["arn:one"],
      detail,
    },
  };
}
