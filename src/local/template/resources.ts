import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Rule } from "../events/service.js";
import type { LambdaFunction } from "../functions/function.js";
import type { Definition, Machine } from "../step-functions/machine.js";
import { substituted } from "./substitutions.js";
import type { Resource } from "./template.js";

export function machineFrom({ ref, properties }: Resource): Machine {
  const {
    StateMachineName,
    RoleArn,
    StateMachineType = "STANDARD",
    Definition,
    DefinitionString,
    DefinitionSubstitutions = {},
  } = properties as {
    StateMachineName: string;
    RoleArn: string;
    StateMachineType?: "STANDARD" | "EXPRESS";
    Definition?: object;
    DefinitionString?: string;
    DefinitionSubstitutions?: Record<string, unknown>;
  };
  const text = DefinitionString ?? JSON.stringify(Definition);
  const definition = JSON.parse(substituted(text, DefinitionSubstitutions)) as Definition;
  return { name: StateMachineName, arn: ref, roleArn: RoleArn, type: StateMachineType, definition };
}

/** `folder`: where the packages are. */
export function functionFrom({ ref, attributes, properties }: Resource, folder: string): LambdaFunction {
  const {
    Code,
    Handler,
    Timeout = 3,
    MemorySize = 128,
    Environment = {},
  } = properties as {
    Code: { S3Key: string };
    Handler: string;
    Timeout?: number;
    MemorySize?: number;
    Environment?: { Variables?: Record<string, string> };
  };
  return {
    name: ref,
    arn: attributes.Arn as string,
    zip: join(folder, basename(Code.S3Key)),
    handler: Handler,
    timeoutMs: Timeout * 1000,
    memoryMb: MemorySize,
    environment: Environment.Variables ?? {},
  };
}

export function ruleFrom({ logicalId, attributes, properties }: Resource): Rule {
  return { Name: logicalId, ...properties, Arn: attributes.Arn } as Rule;
}

/** The name that the package was made for, `keyturn-dev`, which stands beside the template. */
export function stackNameFrom(templateFile: string): string {
  const state = JSON.parse(readFileSync(join(dirname(templateFile), "serverless-state.json"), "utf8")) as {
    service: { service: string; provider: { stage: string; stackName?: string } };
  };
  const { service, provider } = state.service;
  return provider.stackName ?? `${service}-${provider.stage}`;
}
