import { allow, getAtt, type Resources, role, type Statement, sub } from "./cloudformation.js";
import { keyArn } from "./key.js";
import { executions, machine, STACK } from "./names.js";
import { leaveDeadLetters, managed, openTable, SECRETS, sealMessages, table } from "./rights.js";
import type { Settings } from "./settings.js";
import { RULES, runs, SCHEDULER } from "./trust.js";

/** A role for each state machine, for the schedules and for the rules: what they start, invoke and announce. */
export function machineRoles(settings: Settings, stage: string): Resources {
  return {
    RotateSecretRole: role(runs("rotate-secret"), [
      invoke(
        "plan",
        "create-secret",
        "rotate-natively",
        "wait-for-replicas",
        "set-secret",
        "test-secret",
        "finish-secret",
        "roll-back",
        "record",
      ),
      // It takes the right to invoke the rotation function besides: API_RotateSecret.
      allow("secretsmanager:RotateSecret", SECRETS, {
        ...managed(stage),
        // By the function that is attached, and no other.
        Null: { "secretsmanager:RotationLambdaARN": "true" },
      }),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
      table("UpdateItem"),
      openTable(settings),
    ]),
    CheckSecretRole: role(runs("check-secret"), [
      invoke("plan", "create-secret", "set-secret", "test-secret", "finish-secret", "sum-up-checks"),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
    ]),
    RetireSecretRole: role(runs("retire-secret"), [
      invoke("plan-retirement", "begin-retirement", "retire-credential", "record-retirement"),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
    ]),
    RefreshConsumersRole: role(runs("refresh-consumers"), [
      invoke("plan-refresh", "refresh-consumer"),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
    ]),
    NoticeMoveMachineRole: role(runs("notice-move"), [
      invoke("notice-move"),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
    ]),
    RotateFleetRole: role(runs("rotate-fleet"), [
      invoke("list-due", "sum-up"),
      allow("events:PutEvents", getAtt("Bus", "Arn")),
      allow("states:StartExecution", ["rotate-secret", "check-secret", "rotate-fleet"].map(machine)),
      // For startExecution.sync: https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
      allow(
        ["states:DescribeExecution", "states:StopExecution"],
        [executions("rotate-secret"), executions("check-secret")],
      ),
      allow(
        ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
        sub(
          "arn:#{AWS::Partition}:events:#{AWS::Region}:#{AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule",
        ),
      ),
    ]),
    ScheduleRole: role(SCHEDULER, [
      allow("states:StartExecution", machine("rotate-fleet")),
      leaveDeadLetters,
      sealMessages(settings, "sqs"),
      openSchedulesWith(keyArn(settings)),
    ]),
    RuleRole: role(RULES, [
      allow(
        "states:StartExecution",
        [...STARTED_BY_RULES, ...(Object.keys(settings.consumers).length > 0 ? ["refresh-consumers"] : [])].map(
          machine,
        ),
      ),
    ]),
  };
}

/** By the Scheduler, of which no page says that it calls KMS in another service's name. https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html */
const openSchedulesWith = (key: unknown) =>
  allow("kms:Decrypt", key, {
    ArnLike: {
      "kms:EncryptionContext:aws:scheduler:schedule:arn": sub(
        `arn:#{AWS::Partition}:scheduler:#{AWS::Region}:#{AWS::AccountId}:schedule/${STACK}/*`,
      ),
    },
  });

const STARTED_BY_RULES = ["rotate-secret", "check-secret", "retire-secret", "notice-move", "rotate-fleet"];

function invoke(...functions: string[]): Statement {
  return allow(
    "lambda:InvokeFunction",
    functions.map((name) =>
      sub(`arn:#{AWS::Partition}:lambda:#{AWS::Region}:#{AWS::AccountId}:function:${STACK}-${name}`),
    ),
  );
}
