import { InvalidArgumentError, Option } from "commander";
import type { Deployment } from "../deployment.js";

/** What whoever asks for a rotation may say of it. */
export interface AskOptions {
  readonly reason?: string;
  readonly retireAfter?: number;
}

export function askOptions(): Option[] {
  return [
    new Option("--reason <text>", "why, for the audit record"),
    new Option("--retire-after <minutes>", "how long the old credential stays valid; 0 for one that leaked").argParser(
      wholeNumber(0, 20_160),
    ),
  ];
}

/** Of a start of `rotate-secret` or `rotate-fleet`: who asks, and what he says. */
export async function asking({ sts }: Pick<Deployment, "sts">, { reason, retireAfter }: AskOptions) {
  return {
    trigger: "manual" as const,
    requestedBy: await callerArn({ sts }),
    ...(reason ? { reason } : {}),
    ...(retireAfter === undefined ? {} : { retireAfterMinutes: retireAfter }),
  };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: it needs no permission. */
export async function callerArn({ sts }: Pick<Deployment, "sts">): Promise<string> {
  const { GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const { Arn = "" } = await (await sts()).send(new GetCallerIdentityCommand({}));
  return Arn;
}

/** Reads an option's number. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
