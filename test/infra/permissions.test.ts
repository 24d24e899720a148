import { PutSecretValueCommand, ReplicateSecretToRegionsCommand } from "@aws-sdk/client-secrets-manager";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { describe, expect, inject, it } from "vitest";
import { entered, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin } from "../tools/postgres.js";
import { rightsUnlike } from "./checks/rights.js";
import { packagedTemplate } from "./checks/template.js";

/** At once for one schedule, so that every state of the machine is passed. */
const keyturn = useCloud({ retireAfterMinutes: { retiring: 0 } });

const SEE_SERVERS = [
  "rds:DescribeDBInstances",
  "rds:DescribeDBClusters",
  "redshift:DescribeClusters",
  "redshift-serverless:ListNamespaces",
  "redshift-serverless:ListWorkgroups",
];

/** What only other engines need, and what this cloud does without a call. */
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  // PostgreSQL lets every user change its own password, so roll back never needs the admin's.
  RollBackRole: ["secretsmanager:BatchGetSecretValue", ...SEE_SERVERS],
  // Admin secrets that AWS manages are of kinds, and a server is of one.
  SetSecretRole: SEE_SERVERS,
  RetireCredentialRole: SEE_SERVERS,
  // Only where planning failed, to say of which rotation.
  RecordRetirementRole: ["states:DescribeExecution"],
  // startExecution.sync is told of the end instead of asking for it.
  RotateFleetRole: ["states:DescribeExecution"],
};

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
    await keyturn.over(await keyturn.startRotation({ secretId: single }));
    await keyturn.stop(executionArn);
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

    expect(rightsUnlike(packagedTemplate(), keyturn.cloud.calls(), UNUSED)).toEqual([]);
  });
});
