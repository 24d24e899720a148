import { createHash } from "node:crypto";

export interface Place {
  readonly region: string;
  readonly accountId: string;
  readonly stackName: string;
}

export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Make = (given: { name: string; of: (property: string) => unknown } & Place) => Identity;

const named = (arn: string, ref = arn): Identity => ({ ref, attributes: { Arn: arn } });
const nameless: Make = ({ name }) => ({ ref: name, attributes: {} });

/** What `Ref` and `Fn::GetAtt` give for each type that the embedded cloud knows. */
const TYPES: Readonly<Record<string, { readonly property?: string; readonly make: Make }>> = {
  "AWS::Lambda::Function": {
    property: "FunctionName",
    make: ({ name, region, accountId }) => named(`arn:aws:lambda:${region}:${accountId}:function:${name}`, name),
  },
  "AWS::Lambda::Permission": { make: nameless },
  // Here a delivery that fails is the rule's: src/local/delivery/deliverer.ts.
  "AWS::Lambda::EventInvokeConfig": { make: nameless },
  "AWS::IAM::Role": {
    property: "RoleName",
    make: ({ name, accountId }) => named(`arn:aws:iam::${accountId}:role/${name}`, name),
  },
  "AWS::StepFunctions::StateMachine": {
    property: "StateMachineName",
    make: ({ name, region, accountId }) => {
      const { ref, attributes } = named(`arn:aws:states:${region}:${accountId}:stateMachine:${name}`);
      return { ref, attributes: { ...attributes, Name: name } };
    },
  },
  "AWS::Events::EventBus": {
    property: "Name",
    make: ({ name, region, accountId }) => ({
      ref: name,
      attributes: { Arn: `arn:aws:events:${region}:${accountId}:event-bus/${name}`, Name: name },
    }),
  },
  "AWS::Events::EventBusPolicy": { make: nameless },
  // Nothing reads it here.
  "AWS::Events::Archive": {
    property: "ArchiveName",
    make: ({ name, region, accountId }) => named(`arn:aws:events:${region}:${accountId}:archive/${name}`, name),
  },
  "AWS::Events::Rule": {
    property: "Name",
    make: ({ name, of, region, accountId }) => {
      const bus = of("EventBusName");
      return named(
        `arn:aws:events:${region}:${accountId}:rule/${bus ? `${bus}/` : ""}${name}`,
        bus ? `${bus}|${name}` : name,
      );
    },
  },
  "AWS::Scheduler::Schedule": {
    property: "Name",
    make: ({ name, of, region, accountId }) =>
      named(`arn:aws:scheduler:${region}:${accountId}:schedule/${of("GroupName") ?? "default"}/${name}`, name),
  },
  "AWS::Scheduler::ScheduleGroup": {
    property: "Name",
    make: ({ name, region, accountId }) =>
      named(`arn:aws:scheduler:${region}:${accountId}:schedule-group/${name}`, name),
  },
  "AWS::SNS::Topic": {
    property: "TopicName",
    make: ({ name, region, accountId }) => {
      const arn = `arn:aws:sns:${region}:${accountId}:${name}`;
      return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
    },
  },
  "AWS::SQS::Queue": {
    property: "QueueName",
    make: ({ name, region, accountId }) => ({
      ref: `https://sqs.${region}.amazonaws.com/${accountId}/${name}`,
      attributes: { Arn: `arn:aws:sqs:${region}:${accountId}:${name}`, QueueName: name },
    }),
  },
  "AWS::DynamoDB::Table": {
    property: "TableName",
    make: ({ name, region, accountId }) => named(`arn:aws:dynamodb:${region}:${accountId}:table/${name}`, name),
  },
  "AWS::KMS::Key": {
    make: ({ name, region, accountId }) => {
      const id = createHash("sha256")
        .update(name)
        .digest("hex")
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
      return { ref: id, attributes: { Arn: `arn:aws:kms:${region}:${accountId}:key/${id}`, KeyId: id } };
    },
  },
  "AWS::Logs::LogGroup": {
    property: "LogGroupName",
    make: ({ name, region, accountId }) => named(`arn:aws:logs:${region}:${accountId}:log-group:${name}:*`, name),
  },
  "AWS::CloudWatch::Alarm": {
    property: "AlarmName",
    make: ({ name, region, accountId }) => named(`arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`, name),
  },
  "AWS::CloudWatch::Dashboard": { property: "DashboardName", make: nameless },
  "AWS::S3::Bucket": { make: ({ name }) => named(`arn:aws:s3:::${name.toLowerCase()}`, name.toLowerCase()) },
  "AWS::S3::BucketPolicy": { make: nameless },
  "AWS::SNS::TopicPolicy": { make: nameless },
  "AWS::SNS::Subscription": { make: nameless },
  "AWS::SQS::QueuePolicy": { make: nameless },
};

export function isKnownType(type: string): boolean {
  return type in TYPES;
}

/** A resource without a name of its own gets one as CloudFormation makes it, but the same at every start. */
export function attributesOf(
  type: string,
  logicalId: string,
  of: (property: string) => unknown,
  place: Place,
): Identity {
  const known = TYPES[type];
  if (!known) throw new Error(`The embedded cloud does not know ${type}.`);
  const given = known.property ? of(known.property) : undefined;
  return known.make({ ...place, of, name: given === undefined ? `${place.stackName}-${logicalId}` : String(given) });
}
