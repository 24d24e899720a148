import type { Death } from "../functions/function.js";
import { type Caller, type Service, ServiceError } from "../service.js";
import type { Authorize } from "./authorization.js";
import { type Faults, strikeWith } from "./faults.js";

/** A call that was made, without what was in it. */
export interface LoggedCall {
  readonly at: Date;
  readonly caller: string;
  readonly service: string;
  readonly operation: string;
  readonly resource: string;
  readonly actions: readonly string[];
  readonly ms: number;
  readonly error?: string;
}

export interface Gateway {
  call(
    service: string,
    operation: string,
    input: Readonly<Record<string, unknown>>,
    caller: Caller,
  ): Promise<Readonly<Record<string, unknown>>>;
  calls(): readonly LoggedCall[];
}

/** As many as are remembered. */
const MOST_CALLS = 100_000;

/**
 * The one way to every service, from the wire and from within: asks IAM, suffers faults, keeps a log. `serviceFor`: that of the
 * caller's account. `kill`: ends the function whose role calls, as what Lambda would call it.
 */
export function gateway(
  serviceFor: (name: string, caller: Caller) => Service | undefined,
  faults: Faults,
  authorize: Authorize,
  kill: (callerArn: string, death: Death) => void,
): Gateway {
  const log: LoggedCall[] = [];

  async function struck(when: "before" | "after", call: Parameters<Faults["strike"]>[1]): Promise<void> {
    const fault = faults.strike(when, call);
    if (!fault) return;
    if (fault.kind === "kill") kill(call.caller, "Runtime.ExitError");
    if (fault.kind === "expire") kill(call.caller, "Sandbox.Timedout");
    await strikeWith(fault, call);
  }

  return {
    calls: () => log,
    async call(name, operation, input, caller) {
      const service = serviceFor(name, caller);
      if (!service) throw new ServiceError("UnknownOperationException", `The embedded cloud has no service ${name}.`);
      const start = performance.now();
      const faulty = { service: name, operation, input, caller: caller.arn };
      const touched = await service.touches({ operation, input, caller });
      const note = (error?: string) => {
        if (log.length >= MOST_CALLS) log.splice(0, MOST_CALLS / 2);
        log.push({
          at: new Date(),
          caller: caller.arn,
          service: name,
          operation,
          resource: touched[0]?.resource ?? "*",
          actions: touched.map(({ action }) => action),
          ms: performance.now() - start,
          ...(error ? { error } : {}),
        });
      };
      try {
        await struck("before", faulty);
        authorize(caller, touched);
        const answer = await service.handle({ operation, input, caller });
        await struck("after", faulty);
        note();
        return answer;
      } catch (error) {
        note((error as ServiceError).code ?? (error as Error).name);
        throw error;
      }
    },
  };
}
