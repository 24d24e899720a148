import type { Template } from "../deployer/policy.js";
import { markdown } from "./markdown.js";

/** What each kind of resource is for, in the order of the table. */
const FOR: Readonly<Record<string, string>> = {
  "AWS::Lambda::Function": "a phase of a rotation or of a retirement each, lists, messages",
  "AWS::Logs::LogGroup": "a function's log each",
  "AWS::StepFunctions::StateMachine": "rotate, check, retire, tell consumers, a fleet, a label that moved",
  "AWS::IAM::Role": "one for each function and machine, for schedules and for rules",
  "AWS::Scheduler::Schedule": "yours, the doctor's, the recovery's, and the look for what is overdue",
  "AWS::Scheduler::ScheduleGroup": "them together",
  "AWS::Events::EventBus": "announcements, and requests",
  "AWS::Events::EventBusPolicy": "nobody but Keyturn announces",
  "AWS::Events::Rule": "what starts by an event",
  "AWS::Events::Archive": "announcements, kept",
  "AWS::DynamoDB::Table": "audit records and locks",
  "AWS::KMS::Key": "what all of this is encrypted with",
  "AWS::SNS::Topic": "messages to people",
  "AWS::SNS::TopicPolicy": "nobody but Keyturn and its alarms writes them",
  "AWS::Lambda::Permission": "the rule of messages invokes its function, Secrets Manager another",
  "AWS::Lambda::EventInvokeConfig": "where a message goes that could not be sent",
  "AWS::SQS::Queue": "starts and messages that were lost",
  "AWS::SQS::QueuePolicy": "rules put them there",
  "AWS::CloudWatch::Alarm": "what nothing else would tell of, failures, what is overdue, functions at their limits",
  "AWS::CloudWatch::Dashboard": "all that is measured, on one page",
  "AWS::S3::Bucket": "the functions' packages",
  "AWS::S3::BucketPolicy": "by TLS only",
};

/** What a template makes. Throws for a kind that there are no words for. */
export function kindsTable({ Resources }: Template): string {
  const types = Object.values(Resources).map(({ Type }) => Type);
  const unknown = types.find((type) => !FOR[type]);
  if (unknown) throw new Error(`scripts/tables/kinds.ts has no words for ${unknown}.`);
  const count = (type: string) => types.filter((one) => one === type).length;
  const rows = Object.entries(FOR).map(([type, what]) => [String(count(type)), type.replace("AWS::", ""), what]);
  return markdown([["How many", "Kind", "For"], ...rows, [String(types.length), "", "together"]]);
}
