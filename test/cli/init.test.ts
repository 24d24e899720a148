import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { parseSettings } from "../../infra/settings.js";
import { EXIT } from "../../src/cli/exit.js";
import { useStubAws } from "../tools/stub-aws.js";
import { KEYS, type RunOptions, run } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "keyturn-init-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:SecretsManagerRDSPostgreSQLRotationSingleUser";
const arn = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;
let may: Readonly<Record<string, boolean>> = {};
const orRefuse = (action: string, answer: object) => () =>
  may[action] === false
    ? { refuse: "UnauthorizedOperation", message: `You are not authorized to perform ${action}` }
    : answer;

const aws = useStubAws({
  "rds:DescribeDBInstances": orRefuse("rds", {
    DBInstances: {
      DBInstance: [
        {
          ...{ DBInstanceIdentifier: "orders", Engine: "postgres", Endpoint: { Address: "h", Port: 5432 } },
          DBSubnetGroup: { VpcId: "vpc-1" },
          VpcSecurityGroups: { VpcSecurityGroupMembership: [{ VpcSecurityGroupId: "sg-db" }] },
        },
        {
          ...{ DBInstanceIdentifier: "docs-1", DBClusterIdentifier: "docs", Engine: "docdb" },
          DBSubnetGroup: { VpcId: "vpc-1" },
          VpcSecurityGroups: { VpcSecurityGroupMembership: [{ VpcSecurityGroupId: "sg-docs" }] },
        },
      ],
    },
  }),
  "rds:DescribeDBClusters": () => ({ DBClusters: { DBCluster: [{ DBClusterIdentifier: "docs", Port: 27017 }] } }),
  "ec2:DescribeSubnets": orRefuse("ec2", {
    subnetSet: [
      { subnetId: "subnet-a", availabilityZone: "a", mapPublicIpOnLaunch: false },
      { subnetId: "subnet-b", availabilityZone: "b", mapPublicIpOnLaunch: false },
      { subnetId: "subnet-open", availabilityZone: "c", mapPublicIpOnLaunch: true },
    ],
  }),
  "ec2:DescribeSecurityGroups": () => ({
    securityGroupInfo: [
      {
        groupId: "sg-db",
        ipPermissions: [
          { ipProtocol: "tcp", fromPort: 5432, toPort: 5432, groups: [{ groupId: "sg-apps" }] },
          { ipProtocol: "tcp", fromPort: 22, toPort: 22, groups: [{ groupId: "sg-people" }] },
        ],
      },
      {
        groupId: "sg-web",
        ipPermissions: [{ ipProtocol: "tcp", fromPort: 5432, toPort: 5432, groups: [{ groupId: "sg-no" }] }],
      },
    ],
  }),
  "ec2:DescribeVpcEndpoints": () => ({ vpcEndpointSet: [] }),
  "ec2:DescribeNatGateways": () => ({ natGatewaySet: [] }),
  "secretsmanager:ListSecrets": () => ({
    SecretList: [
      { Name: "shop/billing", ARN: arn("shop/billing"), RotationEnabled: true, RotationLambdaARN: FUNCTION },
      { Name: "prod/mysql-reader", ARN: arn("prod/mysql-reader") },
      { Name: "plain", ARN: arn("plain") },
      { Name: "token", ARN: arn("token") },
      { Name: "rds!cluster-1", ARN: arn("rds!cluster-1"), OwningService: "rds" },
      { Name: "shop/orders-db", ARN: arn("shop/orders-db"), Tags: [{ Key: "keyturn:schedule", Value: "nightly" }] },
    ],
  }),
  "secretsmanager:BatchGetSecretValue": () => ({
    SecretValues: [
      { ARN: arn("plain"), Name: "plain", SecretString: '{"engine":"mysql","host":"h","password":"hunter2"}' },
      { ARN: arn("token"), Name: "token", SecretString: "hunter2" },
    ],
  }),
});

let file = "";
let count = 0;
beforeEach(() => {
  may = {};
  aws.asked.length = 0;
  file = join(folder, `keyturn-${++count}.yml`);
});
const init = (argv: readonly string[] = [], options: RunOptions = {}) =>
  run(["init", "--out", file, ...argv], { cloud: aws, ...options });
const written = () => parseSettings(readFileSync(file, "utf8"), readFileSync("keyturn.schema.json", "utf8"));
const readValues = () => aws.asked.length > 0 && aws.actions().includes("BatchGetSecretValue");

describe("keyturn init", () => {
  it("writes what it finds and what it is told, and says what it could not find out", async () => {
    const { code, stdout, stderr } = await init([], {
      typed: [
        [/Read the values of 2 other secrets/, "y"],
        [/first schedule called/, KEYS.enter],
        [/When does it rotate/, `${KEYS.down}${KEYS.enter}`],
        [/time zone/, KEYS.enter],
        [/how many days/, KEYS.enter],
        [/told of failures/, `ops@example.com${KEYS.enter}`],
        [/In which VPC/, KEYS.enter],
      ],
    });
    expect(code).toBe(EXIT.done);
    const steady = (text: string) =>
      stripVTControlCharacters(text)
        .replaceAll(folder, "…")
        .replace(/(\.\.\/)+\S*(?=keyturn-)/, "");
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "✔ keyturn-1.yml is written, with the schedule nightly.
      What could not be found out
        ▲ vpc-1 shows no end point of Secrets Manager and no NAT gateway: functions there may not reach it.
        next  keyturn deploy
              keyturn adopt shop/billing --schedule nightly
              keyturn store
      "
    `);
    const said = stripVTControlCharacters(stderr);
    expect(
      said.slice(said.indexOf("Databases:"), said.indexOf("◆", said.indexOf("Databases:"))),
    ).toMatchInlineSnapshot(`
      "Databases: orders (postgres), docs (docdb)
      Networks:  vpc-1 (2)
      Secrets that look like databases': 3
        shop/billing       by its rotation function  rotated by SecretsManagerRDSPostgreSQLRotationSingleUser
        prod/mysql-reader  by its name
        plain              by its value

      │
      "
    `);
    expect(stdout + stderr).not.toContain("hunter2");
    const { schedules, network, notifications } = written();
    expect(schedules.nightly).toMatchObject({ expression: "cron(0 2 ? * SUN *)", dueAfterDays: 30 });
    expect(network).toEqual({ subnetIds: ["subnet-a", "subnet-b"], securityGroupIds: ["sg-apps"] });
    expect(notifications.email).toEqual(["ops@example.com"]);
  });

  it("takes what it finds where nobody is asked, and reads no value", async () => {
    const { code, json } = await init(["--yes", "--email", "a@example.com", "--json"]);
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({
      file,
      secrets: [
        { name: "shop/billing", by: "its rotation function", rotatedBy: FUNCTION },
        { name: "prod/mysql-reader", by: "its name" },
      ],
      unknown: [expect.stringContaining("vpc-1 shows no end point")],
      next: ["keyturn deploy", "keyturn adopt shop/billing --schedule nightly", "keyturn store"],
    });
    expect(readValues()).toBe(false);
    expect(written().notifications.email).toEqual(["a@example.com"]);
  });

  it("goes on where it may not look, and says so", async () => {
    may = { ec2: false };
    const { stdout } = await init(["--yes"]);
    expect(stdout).toContain("The network of the databases: AWS does not let you");
    may = { rds: false };
    expect((await init(["--yes", "--force"])).stdout).toContain("The databases of RDS: AWS does not let you");
    expect(written().network).toBeUndefined();
  });

  it("overwrites nothing without being asked to", async () => {
    writeFileSync(file, "# mine\n");
    const refused = await init(["--yes"]);
    expect(refused).toMatchObject({ code: EXIT.usage, stdout: "" });
    expect(refused.stderr).toContain("is there already. Say --force");
    const asked = await init([], { typed: [[/Replace it\?/, KEYS.enter]] });
    expect(asked.code).toBe(EXIT.interrupted);
    expect(readFileSync(file, "utf8")).toBe("# mine\n");
    expect(aws.asked).toEqual([]);
    expect((await init(["--yes", "--force"])).code).toBe(EXIT.done);
  });

  it("writes nothing after Ctrl-C, and for a VPC that was not found", async () => {
    const left = await init([], {
      typed: [
        [/Read the values/, KEYS.enter],
        [/first schedule/, KEYS.interrupt],
      ],
    });
    expect(left.code).toBe(EXIT.interrupted);
    expect(readValues()).toBe(false);
    expect((await init(["--yes", "--vpc", "vpc-2"])).code).toBe(EXIT.usage);
    expect(existsSync(file)).toBe(false);
  });
});
