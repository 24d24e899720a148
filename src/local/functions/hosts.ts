import { dirname } from "node:path";
import type { Authorize } from "../gateway/authorization.js";
import type { Caller } from "../service.js";
import { functionFrom } from "../template/resources.js";
import type { Template } from "../template/template.js";
import { type FunctionHost, functionHost, type HostOptions } from "./host.js";
import { logRight } from "./log-right.js";

export interface HostsOptions extends Omit<HostOptions, "variables" | "mayLog"> {
  /** The functions' packages stand beside it. */
  readonly templateFile: string;
  readonly region: string;
  readonly accountId: string;
  /** The URL of the cloud. */
  readonly endpoint: string;
  /** What every function gets besides its own. */
  readonly environment: Readonly<Record<string, string>>;
  /** With which key a function calls, and as whom. */
  readonly who: {
    environmentOf(functionArn: string): Record<string, string>;
    lambdaFor(functionArn: string): Caller;
  };
  readonly authorize: Authorize;
}

/** A host for each function of the template, by ARN. */
export function hostsOf(template: Template, options: HostsOptions): Map<string, FunctionHost> {
  const { templateFile, region, accountId, endpoint, environment, who, authorize, ...shared } = options;
  return new Map(
    template.ofType("AWS::Lambda::Function").map((resource) => {
      const fn = functionFrom(resource, dirname(templateFile));
      const whole = {
        ...fn.environment,
        ...who.environmentOf(fn.arn),
        AWS_REGION: region,
        AWS_ENDPOINT_URL: endpoint,
        // The newest SDK that Node.js 20 can use says so at every start.
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
        ...environment,
      };
      const host = functionHost(
        { ...fn, environment: whole },
        {
          ...shared,
          variables: { ...fn.environment, ...environment },
          mayLog: logRight(fn, { region, accountId }, (touched) => authorize(who.lambdaFor(fn.arn), touched)),
        },
      );
      return [fn.arn, host];
    }),
  );
}
