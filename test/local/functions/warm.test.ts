import { Worker } from "node:worker_threads";
import { afterAll, expect, it } from "vitest";
import type { Environment } from "../../../src/local/functions/environment.js";
import { warm } from "../../../src/local/functions/warm.js";

const started: Environment[] = [];
function environment(): Environment {
  const worker = new Worker("require('node:worker_threads').parentPort.on('message', () => undefined)", { eval: true });
  started.push({ worker, init: Promise.resolve() });
  return started.at(-1) as Environment;
}
afterAll(() => Promise.all(started.map(({ worker }) => worker.terminate())));

const exited = ({ worker }: Environment) => new Promise((resolve) => worker.once("exit", resolve));

it("hands on what was started the same way, to one alone", () => {
  const left = warm();
  const [one, other] = [environment(), environment()];
  left.keep("a", one);
  left.keep("b", other);
  expect([left.take("c"), left.take("a"), left.take("a")]).toEqual([undefined, one, undefined]);
});

it("has the same key for a function each time, and another for every function", () => {
  const left = warm();
  expect(left.keyOf("a")).toEqual(left.keyOf("a"));
  expect(left.keyOf("a")).not.toEqual(left.keyOf("b"));
});

it("hands on none that has ended", async () => {
  const left = warm();
  const one = environment();
  left.keep("a", one);
  const gone = exited(one);
  await one.worker.terminate();
  await gone;
  expect(left.take("a")).toBeUndefined();
});

it("ends the one that is kept longest where there are many, and all at the end", async () => {
  const left = warm();
  const many = Array.from({ length: 33 }, environment);
  const [first, ...others] = many as [Environment, ...Environment[]];
  const firstEnds = exited(first);
  for (const [index, one] of many.entries()) left.keep(`${index}`, one);
  await firstEnds;
  expect(left.take("0")).toBeUndefined();
  const ends = others.map(exited);
  await left.end();
  await Promise.all(ends);
});
