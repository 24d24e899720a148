import type { SFNClient } from "@aws-sdk/client-sfn";
import { NOTHING_YET, type Run, runIn } from "../../overview/run.js";
import { changes, type Follow } from "./follow.js";

/**
 * A run of `rotate-fleet` as it goes on, through all the executions that carry it on. As `follow`; a run is large, so it is
 * looked at less often.
 */
export async function* followRun(
  client: SFNClient,
  executionArn: string,
  { signal, every = [1_000, 10_000] }: Follow = {},
): AsyncGenerator<Run, void> {
  let run: Run | undefined;
  for (let next: string | undefined = executionArn; next; next = run?.next) {
    const arn: string = next;
    const before = run ?? NOTHING_YET;
    for await (const events of changes(client, arn, { ...(signal ? { signal } : {}), every })) {
      run = runIn(arn, events, before);
      yield run;
    }
    if (signal?.aborted) return;
  }
}
