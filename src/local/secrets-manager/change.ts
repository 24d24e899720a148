import { type Labels, PENDING, PREVIOUS } from "./labels.js";
import type { Context } from "./operation.js";
import { lagging } from "./replicas.js";
import type { Secret } from "./secret.js";
import type { ValueChange } from "./secrets.js";
import { now } from "./time.js";

/** Writes a changed secret: dates it, lets its replicas lag, tells the bus which labels went to another version. */
export async function change(
  context: Context,
  before: Secret | undefined,
  after: Secret,
  values?: ValueChange,
): Promise<void> {
  await context.secrets.save({ ...lagging(context, after), changedAt: now(context.surroundings) }, values);
  announce(context, before?.labels ?? {}, after);
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html */
function announce({ surroundings }: Context, before: Labels, { name, arn, labels }: Secret): void {
  for (const [label, versionId] of Object.entries(labels)) {
    if (before[label] === versionId || label === PENDING || label === PREVIOUS) continue;
    surroundings.emit({
      source: "aws.secretsmanager",
      "detail-type": "Secret Label Updated",
      resources: [arn],
      detail: { name, labelUpdated: label, versionId },
    });
  }
}
