import { readFileSync } from "node:fs";
import {
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  RotateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { describe, expect, inject, it } from "vitest";
import { roleResources } from "../../infra/roles.js";
import { parseSettings } from "../../infra/settings.js";
import { UNBOUND_ACTIONS, UNSEEN_RIGHTS } from "../../stage/permissions/exceptions.js";
import { reportOn } from "../../stage/permissions/report.js";
import { rolesAmong, rolesIn } from "../../stage/permissions/roles.js";
import { entered, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { invoke } from "../tools/invoke.js";
import { createAdmin, createLogin } from "../tools/postgres.js";

const roles = rolesIn(inject("template"));
/** With what functions in a VPC have besides. */
const rolesInVpc = rolesAmong(
  roleResources(
    parseSettings(
      "network: { subnetIds: [subnet-1], securityGroupIds: [sg-1] }",
      readFileSync("keyturn.schema.json", "utf8"),
    ),
    "dev",
  ),
);

const document = "arn:aws:ssm:eu-central-1:000000000000:document/reload";
const instances = ["arn:aws:ec2:eu-central-1:000000000000:instance/i-0a1b2c3d4e5f60001"];
/** With what a consumer of every kind takes. */
const rolesWithConsumers = rolesAmong(
  roleResources(
    parseSettings(
      JSON.stringify({
        consumers: {
          api: { for: ["shop/"], ecs: { service: "arn:aws:ecs:eu-central-1:000000000000:service/shop/api" } },
          orders: { for: ["shop/"], lambda: { function: "arn:aws:lambda:eu-central-1:000000000000:function:orders" } },
          hosts: { for: ["shop/"], ssm: { document, instances } },
        },
      }),
      readFileSync("keyturn.schema.json", "utf8"),
    ),
    "dev",
  ),
);

/** At once for one schedule, so that every state of the machine is passed. */
const keyturn = useCloud({
  retireAfterMinutes: { retiring: 0 },
  // Of a kind that takes no right: what others take is in test/rotation/refresh-consumers.test.ts.
  rules: { consumers: { hook: { for: ["test/"], of: ["retiring"], holds: 0 } } },
  consumers: { hook: { target: { kind: "webhook" }, gatherSeconds: 0, everyMinutes: 0, limitMinutes: 1 } },
});

/** What this scenario does without, and another test needs: `npm run iam-report` is of all. */
const ELSEWHERE = Object.entries({
  PlanRole: ["states:DescribeExecution"],
  SetSecretRole: [
    "rds:DescribeDBClusters",
    "redshift:DescribeClusters",
    "redshift-serverless:ListNamespaces",
    "redshift-serverless:ListWorkgroups",
  ],
  RollBackRole: ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"],
  RecordRole: ["states:DescribeExecution"],
  BeginRetirementRole: ["states:DescribeExecution"],
  RecordRetirementRole: ["states:DescribeExecution"],
  TellPeopleRole: ["states:DescribeExecution", "sqs:SendMessage"],
  RotateFleetRole: ["states:StartExecution", "states:DescribeExecution", "states:StopExecution"],
  ScheduleRole: ["sqs:SendMessage", "kms:GenerateDataKey", "kms:Decrypt"],
  RuleRole: ["states:StartExecution"],
}).map(([role, actions]) => ({ roles: [role], actions }));

describe("permissions", () => {
  it("are what was used, no more and no less", async () => {
    const login = await createLogin();
    const { username, password } = await createAdmin(login.username);
    const arn = "arn:aws:rds:eu-central-1:000000000000:db:shop";
    const { host, port } = inject("postgres");
    keyturn.cloud.servers.push({ arn, engine: "postgres", host, port });
    const tags = { "keyturn:admin": "test/", "aws:rds:primaryDBInstanceArn": arn };
    const masterarn = await keyturn.storeSecret({ username, password }, tags, "rds!");
    const alternating = await keyturn.secretFor(login, { masterarn }, { "keyturn:schedule": "retiring" });
    const single = await keyturn.secretFor(await createLogin());
    const failing = await keyturn.secretFor(await createLogin(), {}, { "keyturn:probe": "select no_such_column" });
    await keyturn.rotate(single);
    // A retirement that is stopped is started again, and takes the lock over.
    const retire = keyturn.cloud.inject({
      match: invokes("retire-credential"),
      kind: "hang",
      when: "before",
      times: 1,
    });
    const retirement = entered(keyturn.cloud, "Retire credential");
    await keyturn.startRotation({ secretId: alternating });
    await retire.hit;
    keyturn.cloud.inject({ match: invokes("record-retirement"), kind: "exit", when: "after", times: 1 });
    await keyturn.stop(await retirement);
    expect(await keyturn.retirements(alternating)).toMatchObject([{ outcome: "retired" }]);
    const [{ executionArn: rotated } = expect.unreachable()] = await keyturn.records(alternating);
    await keyturn.start("RefreshConsumers", { rotation: { secretArn: alternating, executionArn: rotated } });
    await keyturn.rotate(failing);
    await keyturn.check(failing);
    await keyturn.rotate(await keyturn.storeSecret("not JSON", { "keyturn:schedule": "nightly" }));
    const replicated = await keyturn.secretFor(await createLogin());
    const AddReplicaRegions = [{ Region: "us-east-1" }];
    await keyturn.secrets().send(new ReplicateSecretToRegionsCommand({ SecretId: replicated, AddReplicaRegions }));
    await keyturn.rotate(replicated);
    for (const secret of [alternating, replicated])
      expect((await keyturn.check(secret)).output).toMatchObject({ ok: true });
    const finish = keyturn.cloud.inject({ match: invokes("finish-secret"), kind: "exit", when: "after", times: 1 });
    await keyturn.rotate(single);
    finish.lift();
    // A stop that leaves the lock behind, its recovery, and the fleet.
    const executionArn = await keyturn.hangIn("test-secret", "before", single);
    await keyturn.over(await keyturn.startRotation({ secretId: single, trigger: "schedule" }));
    await keyturn.stop(executionArn);
    // Secrets Manager's own rotation: tried out, by itself, and begun by a rotation of Keyturn's.
    const native = await keyturn.secretFor(await createLogin());
    const RotationLambdaARN = keyturn.cloud.resource("RotateNativelyLambdaFunction").attributes.Arn;
    const RotationRules = { AutomaticallyAfterDays: 1000 };
    const test = { SecretId: native, RotationLambdaARN, RotationRules, RotateImmediately: false };
    for (const input of [test, { SecretId: native }]) {
      await keyturn.secrets().send(new RotateSecretCommand(input));
      await keyturn.cloud.settled();
    }
    expect((await keyturn.rotate(native)).output).toMatchObject({ outcome: "succeeded" });
    // Somebody else's change.
    await keyturn
      .secrets()
      .send(new PutSecretValueCommand({ SecretId: single, SecretString: JSON.stringify(await keyturn.value(single)) }));
    await keyturn.cloud.settled();
    // One whose recovery was lost, for the schedule that looks after those.
    const lost = keyturn.cloud.inject({
      match: ({ operation, caller }) => operation === "StartExecution" && caller.includes("RuleRole"),
      kind: "deny",
      when: "before",
    });
    const third = await keyturn.hangIn("test-secret", "before", single);
    await keyturn.stop(third);
    lost.lift();
    keyturn.cloud.fireSchedule("recovery");
    await keyturn.cloud.settled();
    expect((await keyturn.records(single))[0]).toMatchObject({ executionArn: third, outcome: "rolled forward" });
    await keyturn.sfn().send(
      new StartExecutionCommand({
        stateMachineArn: keyturn.cloud.resource("RotateFleet").ref,
        input: JSON.stringify({ schedule: "nightly", scheduledAt: new Date(Date.now() + 1_000).toISOString() }),
      }),
    );
    keyturn.cloud.fireSchedule("nightly");
    await keyturn.cloud.settled();
    // No rule does where no webhook is declared; with one: test/webhook/webhook.test.ts.
    expect(await invoke(keyturn.cloud, "keyturn-dev-send-webhook", {})).toEqual({ told: false, reason: "NotOurs" });

    const { unused, refused } = reportOn(roles, keyturn.permissions(), [...UNSEEN_RIGHTS, ...ELSEWHERE]);
    expect({ unused, refused }).toEqual({ unused: [], refused: [] });
  });

  it("name their resources, save for actions that know none", () => {
    const unbound = [roles, rolesInVpc, rolesWithConsumers]
      .flatMap((all) => Object.values(all))
      .flat()
      .filter(({ Effect, Resource }) => Effect === "Allow" && [Resource].flat().includes("*"))
      .flatMap(({ Action }) => Action);
    const excepted = UNBOUND_ACTIONS.flatMap(({ actions }) => actions);
    expect([...new Set(unbound)].sort()).toEqual([...excepted].sort());
  });
});
