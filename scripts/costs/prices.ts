/** A list price in dollars, and the page that has it. */
interface Price {
  readonly dollars: number;
  readonly per: string;
  readonly page: string;
}

const price = (dollars: number, per: string, page: string): Price => ({ dollars, per, page });

/** As the pages were on 2026-11-28, for US East (N. Virginia), without free tiers; most regions ask the same or some more. */
export const PRICES = {
  transition: price(0.025 / 1_000, "state transition", "https://aws.amazon.com/step-functions/pricing/"),
  invocation: price(0.2 / 1e6, "invocation", "https://aws.amazon.com/lambda/pricing/"),
  gigabyteSecond: price(0.0000133334, "GB-second on arm64", "https://aws.amazon.com/lambda/pricing/"),
  secret: price(0.4, "secret a month", "https://aws.amazon.com/secrets-manager/pricing/"),
  secretCall: price(0.05 / 10_000, "call", "https://aws.amazon.com/secrets-manager/pricing/"),
  read: price(0.125 / 1e6, "read unit", "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
  write: price(0.625 / 1e6, "write unit", "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
  event: price(1 / 1e6, "event put", "https://aws.amazon.com/eventbridge/pricing/"),
  mail: price(2 / 100_000, "e-mail", "https://aws.amazon.com/sns/pricing/"),
  logGigabyte: price(0.5, "GB taken in", "https://aws.amazon.com/cloudwatch/pricing/"),
  alarmMetric: price(0.1, "metric of an alarm, a month", "https://aws.amazon.com/cloudwatch/pricing/"),
  metric: price(
    0.3,
    "metric of one's own a month, by the hours in which it is sent",
    "https://aws.amazon.com/cloudwatch/pricing/",
  ),
  dashboard: price(3, "dashboard a month", "https://aws.amazon.com/cloudwatch/pricing/"),
  key: price(1, "key a month", "https://aws.amazon.com/kms/pricing/"),
  keyCall: price(0.03 / 10_000, "call", "https://aws.amazon.com/kms/pricing/"),
  endPointHour: price(0.01, "hour of an end point in a zone", "https://aws.amazon.com/privatelink/pricing/"),
} as const satisfies Record<string, Price>;
