import { readFileSync } from "node:fs";
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";
import { describe, expect, it } from "vitest";
import { sub } from "../../infra/cloudformation.js";
import { notificationResources } from "../../infra/notifications.js";
import { rulesFrom } from "../../infra/rules.js";
import { gracePeriods, scheduleResources } from "../../infra/schedules.js";
import { parseSettings } from "../../infra/settings.js";
import { FIGURES } from "../../src/metrics/figures.js";
import { rotationFunctionOf } from "../../src/rotation/rotation-function.js";
import { unwatched } from "./checks/alarms.js";
import { bodies, malformed } from "./checks/dashboard.js";
import { refusedPatterns, unmetConditions } from "./checks/event-bridge.js";
import { unmeasured } from "./checks/metrics.js";
import { packagedTemplate, statementsOf } from "./checks/template.js";

const template = packagedTemplate();
const schema = readFileSync("keyturn.schema.json", "utf8");
const resources = Object.entries(template.Resources).map(([id, resource]) => ({ id, ...resource }));
const ofType = (type: string) => resources.filter(({ Type }) => Type === type);

describe("the packaged template", () => {
  const specification = loadAwsServiceSpecSync();

  it.each(resources)(
    "$id ($Type) has only properties that the type knows, and all it must have",
    ({ Type, Properties = {} }) => {
      const [type] = specification.lookup("resource", "cloudFormationType", "equals", Type);
      expect(type).toBeDefined();
      const known = (type as { properties: Record<string, { required?: boolean }> }).properties;
      expect(Object.keys(Properties).filter((name) => !(name in known))).toEqual([]);
      expect(Object.keys(known).filter((name) => known[name]?.required && !(name in Properties))).toEqual([]);
    },
  );

  it("keeps the table and its records", () => {
    const [table] = ofType("AWS::DynamoDB::Table");
    expect(table).toMatchObject({
      DeletionPolicy: "Retain",
      Properties: {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: "KMS" },
      },
    });
  });

  it("stands in its own way neither after a first deployment that failed nor after it was removed", () => {
    const kept = resources.filter(({ DeletionPolicy }) => DeletionPolicy !== undefined);
    expect(kept.map(({ id }) => id).sort()).toEqual(["Archive", "Key", "Table"]);
    for (const { DeletionPolicy, Properties = {} } of kept) {
      expect(Object.keys(Properties).filter((property) => /Name$/.test(property))).toEqual([]);
      // What is protected cannot be deleted by a roll back.
      expect(DeletionPolicy).toBe(Properties.DeletionProtectionEnabled ? "Retain" : "RetainExceptOnCreate");
    }
  });

  it("has a table and a key that can be taken over by themselves", () => {
    const { Table, Key } = template.Resources;
    const referred = [...JSON.stringify({ Table, Key }).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/g)].map(
      ([, to]) => to,
    );
    expect(new Set(referred)).toEqual(new Set(["Key", "AWS::AccountId"]));
  });

  it("lets the services that need it use the key", () => {
    const text = JSON.stringify(template.Resources.Key?.Properties?.KeyPolicy);
    for (const principal of ["events.amazonaws.com", "scheduler.amazonaws.com", "sns.amazonaws.com", "logs."]) {
      expect(text).toContain(principal);
    }
  });

  it("gives each function a role, a log group with an end and a key, arm64 and a current Node.js", () => {
    const functions = ofType("AWS::Lambda::Function");
    expect(functions).toHaveLength(21);
    const roles = functions.map(({ Properties }) => JSON.stringify(Properties?.Role));
    expect(new Set(roles).size).toBe(functions.length);
    for (const { id, Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
      expect(template.Resources[id.replace("LambdaFunction", "LogGroup")]?.Properties).toMatchObject({
        RetentionInDays: 90,
        KmsKeyId: { "Fn::GetAtt": ["Key", "Arn"] },
      });
    }
  });

  it("lets no role read a secret without the opt-in tag", () => {
    const statements = ofType("AWS::IAM::Role").flatMap(({ Properties }) => statementsOf(Properties ?? {}));
    const values = statements.filter(
      ({ Action }) =>
        /GetSecretValue|PutSecretValue|UpdateSecretVersionStage/.test(String(Action)) && !/Batch/.test(String(Action)),
    );
    expect(values.length).toBeGreaterThan(5);
    for (const { Condition } of values)
      expect(JSON.stringify(Condition)).toMatch(/aws:ResourceTag\/keyturn:(schedule|admin)/);
    expect(
      statements.filter(
        ({ Action }) => String(Action).includes("*") && !String(Action).includes("kms:GenerateDataKey*"),
      ),
    ).toEqual([]);
  });

  it("tells people of the outcomes that keyturn.yml names, by a function that the rule may invoke", () => {
    expect(template.Resources.AnnouncementRule?.Properties).toMatchObject({
      EventBusName: { Ref: "Bus" },
      Targets: [{ Arn: { "Fn::GetAtt": ["TellPeopleLambdaFunction", "Arn"] } }],
    });
    expect(template.Resources.TellPeoplePermission?.Properties).toEqual({
      FunctionName: { "Fn::GetAtt": ["TellPeopleLambdaFunction", "Arn"] },
      Action: "lambda:InvokeFunction",
      Principal: "events.amazonaws.com",
      SourceArn: { "Fn::GetAtt": ["AnnouncementRule", "Arn"] },
    });
    const nobody = notificationResources(parseSettings("notifications: { on: [] }", schema));
    expect(Object.keys(nobody).filter((id) => /Rule|Permission/.test(id))).toEqual([]);
  });

  it("lets Secrets Manager invoke the rotation function for this account's secrets, and nobody else", () => {
    expect(
      ofType("AWS::Lambda::Permission")
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["RotateNativelyPermission", "TellPeoplePermission"]);
    expect(template.Resources.RotateNativelyPermission?.Properties).toEqual({
      FunctionName: { "Fn::GetAtt": ["RotateNativelyLambdaFunction", "Arn"] },
      Action: "lambda:InvokeFunction",
      Principal: "secretsmanager.amazonaws.com",
      SourceAccount: { Ref: "AWS::AccountId" },
    });
  });

  it("calls the rotation function as the functions themselves know it", () => {
    const { FunctionName } = template.Resources.RotateNativelyLambdaFunction?.Properties ?? {};
    const secret = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a-AbCdEf";
    expect(rotationFunctionOf(secret, { stage: "dev" })).toBe(
      `arn:aws-cn:lambda:cn-north-1:123456789012:function:${FunctionName}`,
    );
  });

  it("has the schedule of keyturn.yml, with a dead-letter queue and retries", () => {
    expect(template.Resources.NightlySchedule?.Properties).toMatchObject({
      ScheduleExpression: "cron(0 2 * * ? *)",
      FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 30 },
      Target: {
        RetryPolicy: { MaximumRetryAttempts: 185 },
        DeadLetterConfig: { Arn: { "Fn::GetAtt": ["DeadLetters", "Arn"] } },
      },
    });
  });
});

describe("EventBridge", () => {
  it("takes every event pattern", () => expect(refusedPatterns(template)).toEqual([]));

  it("is asked for nothing that it does not say where it delivers to", () =>
    expect(unmetConditions(template)).toEqual([]));
});

describe("alarms", () => {
  const alarms = ofType("AWS::CloudWatch::Alarm").map(({ id, Properties = {} }) => ({ id, properties: Properties }));

  it("tell people, each of them that nothing else tells of", () => {
    const silent = alarms.filter(({ properties }) => properties.AlarmActions === undefined);
    expect(silent.map(({ id }) => id)).toEqual(["FailureAlarm", "OverdueAlarm"]);
    for (const { properties } of alarms.filter((one) => !silent.includes(one)))
      expect(properties.AlarmActions).toEqual([{ Ref: "Topic" }]);
  });

  it("and the dashboard are on what is measured, by the dimensions by which it is", () => {
    expect(unmeasured(template)).toEqual([]);
  });

  it("have as many metrics as an expression may have", () => {
    for (const { id, properties } of alarms)
      expect((properties.Metrics as unknown[] | undefined)?.length ?? 0, id).toBeLessThanOrEqual(11);
  });

  it("watch each function for throttles, and for its own time-out", () => {
    const watched = (metric: string, threshold?: number) =>
      alarms
        .filter(({ properties }) => threshold === undefined || properties.Threshold === threshold)
        .flatMap(({ properties: { Metrics = [] } }) => Metrics as Array<{ MetricStat?: { Metric: Stat } }>)
        .flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])
        .filter(({ MetricName }) => MetricName === metric)
        .map(({ Dimensions }) => Dimensions[0]?.Value.Ref)
        .sort();
    const functions = ofType("AWS::Lambda::Function");
    expect(watched("Throttles")).toEqual(functions.map(({ id }) => id).sort());
    for (const { id, Properties } of functions)
      expect(watched("Duration", Number(Properties?.Timeout) * 800), id).toContain(id);
  });

  it("watch all that does not tell of its own failure: machines, rules that start one, schedules", () => {
    expect(unwatched(template)).toEqual([]);
  });

  it("go off when nothing is started at all", () => {
    expect(template.Resources.SilenceAlarm?.Properties).toMatchObject({
      MetricName: "ExecutionsStarted",
      TreatMissingData: "breaching",
    });
  });
});

interface Stat {
  readonly MetricName: string;
  readonly Dimensions: ReadonlyArray<{ readonly Value: { readonly Ref?: string } }>;
}

describe("the dashboard", () => {
  it("is of the form that CloudWatch reads", () => {
    expect(malformed(template)).toEqual([]);
    expect(bodies(template)).toHaveLength(1);
  });

  it("shows every alarm, and every figure of Keyturn's own", () => {
    const text = JSON.stringify(bodies(template));
    for (const { id } of ofType("AWS::CloudWatch::Alarm")) expect(text).toContain(`alarm:${id}"`);
    for (const figure of Object.values(FIGURES)) expect(text).toMatch(new RegExp(`["\\\\]"?${figure}\\\\?"`));
  });

  it("has a name of its own in each region, as dashboards are of none", () => {
    expect(JSON.stringify(template.Resources.Dashboard?.Properties?.DashboardName)).toContain("AWS::Region");
  });
});

describe("the doctor", () => {
  it("is a schedule that runs dry", () => {
    expect(template.Resources.DoctorSchedule?.Properties).toMatchObject({
      ScheduleExpression: "rate(1 day)",
      Target: { Input: expect.stringContaining('"dryRun":true') },
    });
  });

  it("can be turned off", () => {
    const schedules = (yaml: string) => Object.keys(scheduleResources(parseSettings(yaml, schema)));
    expect(schedules("doctor: { enabled: false }")).toEqual(["RecoverySchedule", "OverdueSchedule"]);
    expect(schedules("overdue: { enabled: false }")).toEqual(["RecoverySchedule", "DoctorSchedule"]);
    expect(schedules("")).toEqual(["RecoverySchedule", "DoctorSchedule", "OverdueSchedule"]);
  });
});

const SERVICE = "arn:aws:ecs:eu-central-1:123456789012:service/shop/api";
const FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:orders";
/** What a schedule of this keyturn.yml starts with. */
function inputOf(yaml: string, id: string) {
  const target = scheduleResources(parseSettings(yaml, schema))[id]?.Properties.Target as { Input: string };
  return JSON.parse(target.Input);
}

describe("the look for overdue secrets", () => {
  it("knows how often each schedule runs, also one that comes after another, and whom it selects", () => {
    const yaml = `schedules:
      first: { expression: rate(7 days), timezone: Europe/Berlin }
      second: { after: first, dueAfterDays: 30, secrets: { namePrefix: [shop/], tags: { team: payments } } }
      third: { after: second, timezone: Asia/Tokyo, blackouts: [{ hours: 08:00-18:00 }] }
      leaked: { manual: true }
      yearly: { manual: true, dueAfterDays: 365, secrets: { list: [shop/orders] } }
      once: { expression: "at(2027-01-31T02:00:00)", dueAfterDays: 1 }`;
    const { schedule, expected } = inputOf(yaml, "OverdueSchedule");
    expect(schedule).toBe("overdue");
    expect(expected).toEqual({
      first: { everyDays: 7, timezone: "Europe/Berlin", namePrefixes: [] },
      second: {
        everyDays: 7,
        timezone: "Etc/UTC",
        dueAfterDays: 30,
        namePrefixes: ["shop/"],
        tags: { team: "payments" },
      },
      third: { everyDays: 7, timezone: "Asia/Tokyo", blackouts: [{ hours: "08:00-18:00" }], namePrefixes: [] },
      yearly: { everyDays: 0, timezone: "Etc/UTC", dueAfterDays: 365, namePrefixes: [], list: ["shop/orders"] },
    });
  });
});

const ADMIN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db/admin-AbCdEf";

describe("keyturn.yml", () => {
  it("says what starts a schedule: the clock, the end of another, or nobody", () => {
    const yaml = `schedules:
      admins: { expression: rate(7 days), blackouts: [{ from: 2026-12-20, to: 2027-01-04 }], timezone: Europe/Berlin }
      applications: { after: admins, dueAfterDays: 30, staggerMinutes: 30, toleratedFailurePercent: 10 }
      leaked: { manual: true }
doctor: { enabled: false }
overdue: { enabled: false }`;
    const resources = scheduleResources(parseSettings(yaml, schema));
    expect(Object.keys(resources)).toEqual(["AdminsSchedule", "ApplicationsAfterRule", "RecoverySchedule"]);
    const target = resources.AdminsSchedule?.Properties.Target as { Input: string };
    expect(JSON.parse(target.Input)).toEqual({
      schedule: "admins",
      scheduledAt: "<aws.scheduler.scheduled-time>",
      namePrefixes: [],
      concurrency: 10,
      blackouts: [{ from: "2026-12-20", to: "2027-01-04" }],
      timezone: "Europe/Berlin",
    });
    expect(resources.ApplicationsAfterRule?.Properties).toMatchObject({
      EventBusName: { Ref: "Bus" },
      EventPattern: {
        source: ["keyturn"],
        "detail-type": ["Fleet Rotation Completed"],
        detail: { schedule: ["admins"] },
      },
      Targets: [
        {
          InputTransformer: {
            InputPathsMap: { time: "$.time" },
            InputTemplate:
              '{"schedule":"applications","scheduledAt":<time>,"dueAfterDays":30,"namePrefixes":[],"concurrency":10,"staggerMinutes":30,"toleratedFailurePercent":10}',
          },
        },
      ],
    });
  });

  it("says which of a schedule's secrets it rotates", () => {
    const yaml = `schedules:
      payments: { expression: rate(1 day), secrets: { tags: { team: payments }, list: [shop/orders, "${ADMIN}"] } }`;
    expect(inputOf(yaml, "PaymentsSchedule")).toMatchObject({
      schedule: "payments",
      namePrefixes: [],
      tags: { team: "payments" },
      list: ["shop/orders", ADMIN],
    });
  });

  it("says when old credentials are retired, and of itself never", () => {
    expect(template.Resources.PlanRetirementLambdaFunction?.Properties?.Environment).toMatchObject({
      Variables: { KEYTURN_RETIRE_AFTER_MINUTES: "{}" },
    });
    const yaml = `schedules:
      weekly: { expression: rate(7 days), retireAfterMinutes: 60 }
      daily: { expression: rate(1 day), retireAfterMinutes: 0 }
      never: { expression: rate(1 day) }`;
    expect(JSON.parse(gracePeriods(parseSettings(yaml, schema)))).toEqual({ weekly: 60, daily: 0 });
  });

  it("says to every function which admins, readers and servers it accepts, and of itself none", () => {
    for (const { Properties } of ofType("AWS::Lambda::Function"))
      expect(Properties?.Environment).toMatchObject({
        Variables: {
          KEYTURN_RULES: sub(
            '{"stage":"dev","admins":[],"readers":[],"mayAskFor":{},' +
              '"accounts":{"partition":"#{AWS::Partition}","own":"#{AWS::AccountId}","others":[]},' +
              '"atOncePerServer":10,"writesPerSecond":40}',
          ),
        },
      });
    expect(template.Resources.RefreshConsumerLambdaFunction?.Properties?.Environment).toMatchObject({
      Variables: { KEYTURN_CONSUMERS: "{}" },
    });
    const yaml = `schedules:
      ldap: { expression: rate(7 days), mayAskFor: clear text }
      old: { expression: rate(7 days), mayAskFor: md5 }
      new: { expression: rate(7 days) }
admins: [{ secret: "${ADMIN}", for: [shop/, crm/], superuser: true }]
readers: ["*.db.example.com", replica-1.internal]
restore: true
atOncePerServer: 4
writesPerSecond: 20`;
    expect(JSON.parse(rulesFrom(parseSettings(yaml, schema), "prod"))).toEqual({
      stage: "prod",
      admins: [{ arn: ADMIN, for: ["shop/", "crm/"], superuser: true }],
      readers: ["*.db.example.com", "replica-1.internal"],
      mayAskFor: { ldap: "clear text", old: "md5" },
      accounts: { partition: "#{AWS::Partition}", own: "#{AWS::AccountId}", others: [] },
      restore: true,
      atOncePerServer: 4,
      writesPerSecond: 20,
    });
  });

  it("does not deploy rules that no function's environment can hold", () => {
    const admins = Array.from({ length: 60 }, (_, index) => {
      const name = `db/admin-${index}-AbCdEf`;
      return `{ secret: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}", for: [app/] }`;
    });
    const settings = parseSettings(`admins: [${admins.join(", ")}]`, schema);
    expect(() => rulesFrom(settings, "dev")).toThrow(/take \d{4} bytes of the functions' environment, which has 3584/);
  });

  it("has defaults", () => {
    expect(parseSettings("schedules: { weekly: { expression: rate(7 days) } }", schema)).toMatchObject({
      schedules: {
        weekly: { timezone: "Etc/UTC", flexibleWindowMinutes: 0, concurrency: 10, secrets: { namePrefix: [] } },
      },
      doctor: { enabled: true, expression: "rate(1 day)", timezone: "Etc/UTC" },
      overdue: { enabled: true, expression: "rate(1 day)", timezone: "Etc/UTC" },
      notifications: {
        email: [],
        on: [
          "failed",
          "needs attention",
          "retirement failed",
          "changed outside",
          "check failed",
          "consumer failed",
          "overdue",
        ],
      },
      logRetentionDays: 90,
      archiveDays: 400,
      admins: [],
      readers: [],
      consumers: {},
    });
  });

  it.each([
    ["schedules: { a: { expression: cron(0 2 * * *) } }", "schedules.a.expression: cron(0 2 * * *) has 5 fields"],
    ["schedules: { a: { expression: rate(1 day), timezone: Berlin } }", "schedules.a.timezone: Berlin is no time zone"],
    ["schedules: { a: { expresion: rate(1 day) } }", "(expresion)"],
    ["schedules: { a: {} }", "schedules.a: say one of expression, after: another schedule, and manual: true"],
    ["schedules: { a: { manual: true, after: a } }", "schedules.a: say one of"],
    ["schedules: { a: { manual: false } }", "schedules.a.manual: must be equal to constant"],
    ["schedules: { a: { after: b } }", "schedules.a.after: there is no schedule b"],
    ["schedules: { a: { after: toString } }", "schedules.a.after: there is no schedule toString"],
    [
      "schedules: { a: { after: b }, b: { after: c }, c: { after: b } }",
      "schedules.c.after: it waits for itself, by c, b, c",
    ],
    ["schedules: { a-b: { manual: true }, a.b: { manual: true } }", "schedules.a.b: differs from a-b in signs only"],
    ["schedules: { a: { expression: rate(1 day), staggerMinutes: 0 } }", "a.staggerMinutes: must be >= 1"],
    ["schedules: { a: { expression: rate(1 day), blackouts: [{}] } }", "schedules.a.blackouts.0: it covers all times"],
    [
      "schedules: { a: { expression: rate(1 day), blackouts: [{ hours: 8-18 }] } }",
      "a.blackouts.0.hours: must match pattern",
    ],
    [
      "schedules: { a: { expression: rate(1 day), blackouts: [{ days: [monday] }] } }",
      "a.blackouts.0.days.0: must be equal",
    ],
    [
      "schedules: { a: { expression: rate(1 day), toleratedFailurePercent: 101 } }",
      "toleratedFailurePercent: must be <= 100",
    ],
    ["schedules: { a: { expression: rate(1 day), concurrency: 41 } }", "schedules.a.concurrency: must be <= 40"],
    ["schedules: { a: { expression: rate(1 day), retireAfterMinutes: -1 } }", "a.retireAfterMinutes: must be >= 0"],
    ["schedules: { a: { expression: rate(1 day), retireAfterMinutes: 0.5 } }", "a.retireAfterMinutes: must be integer"],
    ["schedules: { a: { expression: rate(1 day), mayAskFor: everything } }", "schedules.a.mayAskFor: must be equal to"],
    ['readers: ["*"]', "readers.0: * names any host"],
    ['readers: ["*.*", db.example.com]', "readers.0: *.* names any host"],
    ['readers: ["db*.x*"]', "readers.0: db*.x* names any host"],
    ['readers: ["db.example.com:5432"]', "readers.0: must match pattern"],
    ['readers: [""]', "readers.0: must match pattern"],
    ['readers: ["a..b"]', "readers.0: must match pattern"],
    ["admins: [{ secret: db/admin }]", "admins.0.secret: must match pattern"],
    [`admins: [{ secret: ${ADMIN}, for: [""] }]`, "admins.0.for.0: must match pattern"],
    [`admins: [{ secret: ${ADMIN}, for: ["*"] }]`, "admins.0.for.0: must match pattern"],
    [`admins: [{ secret: ${ADMIN}, superuser: yes please }]`, "admins.0.superuser: must be boolean"],
    [`admins: [{ secret: ${ADMIN} }, { secret: ${ADMIN}, for: [a] }]`, "admins.1.secret: "],
    ["admins: [{ for: [a] }]", "admins.0: must have required property 'secret'"],
    [`consumers: { a: { ecs: { service: "${SERVICE}" } } }`, "consumers.a: must have required property 'for'"],
    [`consumers: { a: { for: [], ecs: { service: "${SERVICE}" } } }`, "consumers.a.for: must NOT have fewer than 1"],
    [`consumers: { a: { for: [""], ecs: { service: "${SERVICE}" } } }`, "consumers.a.for.0: must match pattern"],
    [`consumers: { a: { for: ["*"], ecs: { service: "${SERVICE}" } } }`, "consumers.a.for.0: must match pattern"],
    ["consumers: { a: { for: [shop/] } }", "consumers.a: say one of ecs, lambda, ssm, webhook"],
    [
      `consumers: { a: { for: [s/], ecs: { service: "${SERVICE}" }, lambda: { function: "${FUNCTION}" } } }`,
      "consumers.a: say one of",
    ],
    [`consumers: { a: { for: [s/], ecs: { service: "${SERVICE}*" } } }`, "consumers.a.ecs.service: must match pattern"],
    [`consumers: { a: { for: [s/], ecs: { service: "*" } } }`, "consumers.a.ecs.service: must match pattern"],
    [
      `consumers: { a: { for: [s/], lambda: { function: "${FUNCTION}:live" } } }`,
      "a.lambda.function: must match pattern",
    ],
    [`consumers: { none: { for: [s/], lambda: { function: "${FUNCTION}" } } }`, "consumers: "],
    [
      `consumers: { a-b: { for: [s/], lambda: { function: "${FUNCTION}" } }, a.b: { for: [s/], lambda: { function: "${FUNCTION}" } } }`,
      "consumers.a.b: differs from a-b in signs only",
    ],
    [
      `consumers: { a: { for: [s/], ssm: { document: "arn:aws:ssm:eu-central-1::document/x", instances: ["*"] } } }`,
      "consumers.a.ssm.instances.0: must match pattern",
    ],
    ["schedules: { a: { manual: true, consumers: [b] } }", "schedules.a.consumers: there is no consumer b"],
    [
      "schedules: { a: { manual: true, consumers: [toString] } }",
      "schedules.a.consumers: there is no consumer toString",
    ],
    ["archiveDays: -1", "archiveDays: must be >= 0"],
    ["doctor: off", "doctor: must be object"],
    ["doctor: { expression: rate(1 dai) }", "doctor.expression: "],
    ["schedules: { doctor: { expression: rate(1 day) } }", "schedules: "],
    ["schedules: { request: { expression: rate(1 day) } }", "schedules: "],
    ["overdue: { timezone: Berlin }", "overdue.timezone: Berlin is no time zone"],
    ["schedules: { a: { manual: true, secrets: { tags: {} } } }", "schedules.a.secrets.tags: must NOT have fewer"],
    [
      "schedules: { a: { manual: true, secrets: { tags: { team: 1 } } } }",
      "schedules.a.secrets.tags.team: must be string",
    ],
    ["schedules: { a: { manual: true, secrets: { list: [] } } }", "schedules.a.secrets.list: must NOT have fewer"],
    ["schedules: { a: { manual: true, secrets: { list: [a b] } } }", "schedules.a.secrets.list.0: must match pattern"],
    ["schedules: { a: { manual: true, secrets: { tag: { a: b } } } }", "(tag)"],
    [
      `schedules: { a: { manual: true, secrets: { namePrefix: [${"x".repeat(7_000)}] } } }`,
      "schedules.a.secrets: takes 7019 bytes, and 7000 at most",
    ],
    ["notifications: { email: [nobody] }", "notifications.email.0"],
    ["watch: { dashboard: small }", "watch.dashboard: must be boolean"],
    ["notifications: { chat: slack }", "notifications.chat: must be boolean"],
    [`notifications: { webhook: { url: "https://a.example/x" } }`, "must have required property 'key'"],
    ...[
      "http://a.example/x",
      "https://u:p@a.example/",
      "https://a.example/x?token=1",
      "https://a.example/#x",
      "https://",
    ].map((url): [string, string] => [
      `notifications: { webhook: { url: "${url}", key: "${ADMIN}" } }`,
      "notifications.webhook.url: must match pattern",
    ]),
    [`notifications: { webhook: { url: "https://a.example", key: whsec_abc } }`, "webhook.key: must match pattern"],
    ["network: { subnetIds: [] }", "network"],
  ])("%s is refused", (yaml, said) => {
    expect(() => parseSettings(yaml, schema)).toThrow(said);
  });
});
