import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import type { Announcements } from "./announcements.js";
import type { Deployment } from "./deployment.js";
import type { Emulator } from "./emulator.js";
import { must, type Scenario } from "./scenario.js";

const MACHINES = ["RotateSecret", "CheckSecret", "RetireSecret", "RotateFleet", "NoticeMove", "RefreshConsumers"];

/** Step Functions keeps what goes through a state for 90 days, and a message goes to who knows whom. */
export function noLeak(
  { clientConfig }: Pick<Emulator, "clientConfig">,
  deployment: Deployment,
  announced: Announcements,
  passwords: ReadonlySet<string>,
): Scenario {
  const stepFunctions = new SFNClient(clientConfig);

  async function* histories(stateMachineArn: string): AsyncGenerator<string> {
    const { executions = [] } = await stepFunctions.send(new ListExecutionsCommand({ stateMachineArn }));
    for (const { executionArn } of executions) {
      let nextToken: string | undefined;
      do {
        const page = await stepFunctions.send(new GetExecutionHistoryCommand({ executionArn, nextToken }));
        yield JSON.stringify(page.events);
        nextToken = page.nextToken;
      } while (nextToken);
    }
  }

  return [
    "No password in any state or message",
    async () => {
      const texts = [...announced.messages()];
      const told = texts.length;
      for (const machine of MACHINES)
        for await (const history of histories(await deployment.ref(machine))) texts.push(history);
      const leaky = texts.find((text) => [...passwords].some((password) => text.includes(password)));
      must(leaky === undefined, "A password that was used is in one of them.");
      return `${passwords.size} passwords, ${texts.length - told} histories, ${told} messages`;
    },
  ];
}
