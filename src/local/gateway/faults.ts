import { FunctionError, ServiceError } from "../service.js";

/** A call as a fault may choose it. */
export interface FaultyCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The ARN of who calls. */
  readonly caller: string;
}

export interface Fault {
  readonly match: (call: FaultyCall) => boolean;
  /** Before the call takes effect, or after it did and before the answer is back. */
  readonly when: "before" | "after";
  /**
   * `throttle`, `deny` and `fault` are errors of AWS; `reset` cuts the connection; `hang` gives no answer, `hold` none
   * until `until`; `exit`, `timeout` and `unknown` are deaths of a function and are for `lambda:Invoke`, `kill` and
   * `expire` (its time is up) for calls that a function makes.
   */
  readonly kind:
    | "throttle"
    | "deny"
    | "fault"
    | "reset"
    | "hang"
    | "hold"
    | "kill"
    | "expire"
    | "exit"
    | "timeout"
    | "unknown";
  readonly until?: Promise<void>;
  /** How many calls it strikes; every one unless said. */
  readonly times?: number;
}

/** A fault that has begun to strike. */
export interface Injected {
  /** Ends it. */
  lift(): void;
  /** How often it struck. */
  readonly struck: () => number;
  /** Resolves when it strikes for the first time; never, if it does not. */
  readonly hit: Promise<void>;
}

export interface Faults {
  inject(fault: Fault): Injected;
  strike(when: Fault["when"], call: FaultyCall): Fault | undefined;
}

interface Active {
  readonly fault: Fault;
  struck: number;
  onHit: () => void;
}

export function faults(): Faults {
  const active = new Set<Active>();
  return {
    inject(fault) {
      const entry: Active = { fault, struck: 0, onHit: () => undefined };
      const hit = new Promise<void>((resolve) => {
        entry.onHit = resolve;
      });
      active.add(entry);
      return { lift: () => void active.delete(entry), struck: () => entry.struck, hit };
    },
    strike(when, call) {
      for (const entry of active) {
        const { fault } = entry;
        if (fault.when !== when || entry.struck >= (fault.times ?? Number.POSITIVE_INFINITY) || !fault.match(call))
          continue;
        entry.struck += 1;
        entry.onHit();
        return fault;
      }
      return undefined;
    },
  };
}

/** The connection was cut: the endpoint destroys the socket, a state machine sees a client's error. */
export class Reset extends Error {
  override readonly name = "Reset";
}

/** What a fault looks like to who calls. `hang` never ends, and after `hold` the call goes on. */
export function strikeWith({ kind, until }: Fault, { service, operation, caller }: FaultyCall): Promise<void> {
  switch (kind) {
    case "hold":
      return until ?? Promise.resolve();
    case "throttle":
      return Promise.reject(
        new ServiceError(
          service === "lambda" ? "TooManyRequestsException" : "ThrottlingException",
          "Rate exceeded",
          429,
        ),
      );
    case "deny":
      return Promise.reject(
        new ServiceError(
          "AccessDeniedException",
          `User: ${caller} is not authorized to perform: ${service}:${operation}`,
        ),
      );
    case "fault":
      return Promise.reject(new ServiceError("InternalServiceError", "An error occurred on the server side.", 500));
    case "exit":
      return Promise.reject(
        new FunctionError("Runtime.ExitError", "RequestId: 0 Error: Runtime exited with error: signal: killed"),
      );
    case "timeout":
      return Promise.reject(
        new FunctionError("Sandbox.Timedout", "RequestId: 0 Error: Task timed out after 20.00 seconds"),
      );
    case "unknown":
      return Promise.reject(
        new FunctionError(
          "Lambda.Unknown",
          "The cause could not be determined because Lambda did not return an error type.",
        ),
      );
    case "hang":
      return new Promise(() => undefined);
    case "reset":
    case "kill":
    case "expire":
      return Promise.reject(new Reset("socket hang up"));
  }
}
