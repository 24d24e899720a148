import { accountOf } from "../../rotation/accounts.js";
import type { Deployment } from "../deployment.js";

/**
 * Whether an ARN is of another account than the deployment, which may reach that secret where whoever runs the command may
 * not. A name is one of the deployment's own account.
 */
export async function isElsewhere({ outputs }: Pick<Deployment, "outputs">, secretId: string): Promise<boolean> {
  const account = accountOf(secretId);
  return account !== undefined && account !== accountOf((await outputs()).RotateSecretArn);
}
