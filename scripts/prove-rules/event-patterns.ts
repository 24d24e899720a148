import { join } from "node:path";
import { matches, type Pattern } from "../../src/local/events/pattern.js";
import { checkPattern } from "../../src/local/events/pattern-limits.js";
import type { Template } from "../../src/local/template/template.js";
import type { Report } from "../proof/report.js";
import { type Answer, askRuler } from "./ask-ruler.js";
import { ruler } from "./jars.js";
import { drawPairs, type Pair } from "./pattern-pairs.js";
import { ruleEvents } from "./rule-events.js";

/**
 * By event-ruler's measure. EventBridge refuses what is too complex and says no number; exclusions by several wildcards, which
 * Keyturn once had, come to 13.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching-complexity
 */
const MOST_COMPLEX = 9;
const SEED = 20_261_128;
const PATTERNS = 3_000;

/** Holds the template's event patterns, and the embedded cloud's matcher, against AWS's own library. */
export async function eventPatterns(report: Report, folder: string, template: Template): Promise<void> {
  let classPath = "";
  const isThere = await report.prove("event-ruler, the library that EventBridge matches with", async () => {
    classPath = await ruler(join(folder, "jars"));
    await askRuler(classPath, []);
    return undefined;
  });
  if (!isThere) return report.skip("All that event-ruler would say", "It cannot be had here.");

  await report.prove("Every event pattern of the template matches what it is for, and nothing else", async () => {
    const patterns = patternsOf(template);
    const known = ruleEvents(template);
    const unknown = [...patterns.keys()].filter((id) => !known[id]);
    if (unknown.length > 0) throw new Error(`No events are given for ${unknown.join(", ")}.`);
    const asked = [...patterns].map(([id, pattern]) => ({ id, pattern, ...(known[id] as (typeof known)[string]) }));
    const pairs = asked.map(({ pattern, matches, misses }) => ({ pattern, events: [...matches, ...misses] }));
    const answers = await askRuler(classPath, pairs, 100);
    for (const [index, { id, pattern, matches: wanted }] of asked.entries()) {
      const { events } = pairs[index] as Pair;
      const answer = answers[index] as Answer;
      if ("refused" in answer) throw new Error(`${id} is no pattern: ${answer.refused}`);
      checkPattern(pattern);
      const { complexity = Number.NaN } = answer;
      if (!(complexity <= MOST_COMPLEX))
        throw new Error(`${id} is too complex: ${complexity}, at most ${MOST_COMPLEX}.`);
      const wrong = events.findIndex((event, at) =>
        [answer.matches[at], matches(pattern, event)].some((said) => said !== at < wanted.length),
      );
      if (wrong >= 0) throw new Error(`${id} is wrong about ${JSON.stringify(events[wrong])}.`);
    }
    const most = Math.max(...answers.map((answer) => ("refused" in answer ? 0 : (answer.complexity ?? 0))));
    return `${asked.length} patterns, ${pairs.flatMap(({ events }) => events).length} events, complexity ${most} at most`;
  });

  await report.prove("The embedded cloud matches as event-ruler does", async () => {
    const pairs = drawPairs(SEED, PATTERNS);
    const { held, matched } = compare(pairs, await askRuler(classPath, pairs));
    if (matched < held / 50) throw new Error(`Of ${held} events only ${matched} match: that says too little.`);
    return `${PATTERNS} patterns, ${held} events, of which ${matched} match; seed ${SEED}`;
  });
}

function patternsOf(template: Template): Map<string, Pattern> {
  const resources = ["AWS::Events::Rule", "AWS::Events::Archive"].flatMap(template.ofType);
  return new Map(resources.map(({ logicalId, properties }) => [logicalId, properties.EventPattern as Pattern]));
}

function compare(pairs: readonly Pair[], answers: readonly Answer[]): { held: number; matched: number } {
  const told = pairs.map((pair, index) => ({ ...pair, answer: answers[index] as Answer }));
  for (const { pattern, events, answer } of told) {
    if ("refused" in answer) throw new Error(`${JSON.stringify(pattern)} is no pattern: ${answer.refused}`);
    const wrong = events.findIndex((event, at) => matches(pattern, event) !== answer.matches[at]);
    if (wrong < 0) continue;
    const said = answer.matches[wrong] ? "matches" : "does not match";
    throw new Error(`To event-ruler, ${JSON.stringify(events[wrong])} ${said} ${JSON.stringify(pattern)}.`);
  }
  const all = told.flatMap(({ answer }) => ("refused" in answer ? [] : answer.matches));
  return { held: all.length, matched: all.filter((one) => one).length };
}
