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

/**
 * A secret that Secrets Manager describes, under the name that answers and next commands have for it. One of another account,
 * which only whoever has rights there sees, is called by its ARN: its name would stand for the deployment's namesake.
 */
export async function called<Described extends { readonly name: string }>(
  deployment: Pick<Deployment, "outputs">,
  secretId: string,
  secret: Described,
): Promise<Described> {
  return (await isElsewhere(deployment, secretId)) ? { ...secret, name: secretId } : secret;
}
