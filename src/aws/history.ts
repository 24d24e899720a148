import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from "@aws-sdk/client-sfn";

/**
 * Reads an execution's history, as often as it is called; of pages that are full it remembers the events. `data`: with the
 * inputs and outputs of its states. Throws the SDK's errors.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
 */
export function historyReader(
  client: SFNClient,
  executionArn: string,
  { data }: { readonly data: boolean },
): () => Promise<HistoryEvent[]> {
  const full: HistoryEvent[] = [];
  let token: string | undefined;
  return async () => {
    for (;;) {
      const { events = [], nextToken } = await client.send(
        new GetExecutionHistoryCommand({
          executionArn,
          includeExecutionData: data,
          maxResults: 1_000,
          ...(token ? { nextToken: token } : {}),
        }),
      );
      if (!nextToken) return [...full, ...events];
      full.push(...events);
      token = nextToken;
    }
  };
}
