import { fromAws } from "./errors.js";

/** Throws our error for one of DynamoDB's. `doing`: what was attempted, for anyone to read. */
export async function attempt<Answer>(doing: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw fromAws(error, doing);
  }
}

/** As `attempt`; `undefined` where the condition was not met. */
export async function conditionally<Answer>(doing: string, call: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (error) {
    if ((error as Error).name === "ConditionalCheckFailedException") return undefined;
    throw fromAws(error, doing);
  }
}
