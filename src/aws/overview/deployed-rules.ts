import { GetFunctionConfigurationCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { Rules } from "../../rotation/rules.js";

/**
 * What keyturn.yml decided for the deployment, as its functions find it: in the environment of Plan. `undefined` where whoever
 * asks may not look there; it is needed for what a secret's tags do not say, and for nothing else.
 */
export async function deployedRules(client: LambdaClient, stackName: string): Promise<Rules | undefined> {
  try {
    const command = new GetFunctionConfigurationCommand({ FunctionName: `${stackName}-plan` });
    const { Environment } = await client.send(command);
    return JSON.parse(Environment?.Variables?.KEYTURN_RULES ?? "") as Rules;
  } catch {
    return undefined;
  }
}
