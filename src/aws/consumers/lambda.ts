import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { Target } from "../../rotation/consumers.js";
import type { Way } from "./way.js";

/**
 * An update of the description, after which invocations get environments of the new configuration: the ones that hold the
 * old credential belong to the one before. https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html. Of the
 * unpublished version alone: what invokes a published one by an alias goes on as it is.
 */
export const lambda: Way<Extract<Target, { kind: "lambda" }>> = {
  async start({ function: FunctionName }, at) {
    const { Description, RevisionId } = await client().send(new GetFunctionConfigurationCommand({ FunctionName }));
    const updated = await client().send(
      new UpdateFunctionConfigurationCommand({
        FunctionName,
        Description: noted(Description, at),
        // Somebody else's change of it meanwhile is not undone.
        ...(RevisionId ? { RevisionId } : {}),
      }),
    );
    return updated.RevisionId ?? "unknown";
  },

  async look({ function: FunctionName }) {
    const { LastUpdateStatus } = await client().send(new GetFunctionConfigurationCommand({ FunctionName }));
    if (LastUpdateStatus === "InProgress") return "under way";
    return LastUpdateStatus === "Failed" ? { failed: "Lambda could not update the function; it says why." } : "done";
  },

  errors: {
    ResourceNotFoundException: ["ConflictError", "ConsumerGone", "There is no such function."],
    ResourceConflictException: ["TransientError", "UpdateUnderWay", "Another update is under way. It is tried again."],
    PreconditionFailedException: ["TransientError", "ChangedMeanwhile", "It was changed meanwhile. It is tried again."],
  },
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html */
const LONGEST = 256;
const NOTE = / ?\(Keyturn: take up the credential of [^)]*\)$/;

/** The description with a note at its end, in the place of the one before. */
export function noted(description: string | undefined, at: Date): string {
  const note = `(Keyturn: take up the credential of ${at.toISOString()})`;
  const own = (description ?? "").replace(NOTE, "").slice(0, LONGEST - note.length - 1);
  return own ? `${own} ${note}` : note;
}

let made: LambdaClient | undefined;
function client(): LambdaClient {
  made ??= new LambdaClient({});
  return made;
}
