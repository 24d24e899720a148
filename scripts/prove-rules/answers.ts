import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** What a tool holds against something, which is named as the tool names it. */
export interface Finding {
  readonly check: string;
  readonly about: string;
  readonly message: string;
}

/** Why what a tool finds is left as it is. */
interface Answered {
  readonly check: string;
  /** What it is about, `*` standing for anything. */
  readonly about: readonly string[];
  readonly because: string;
  readonly page?: string;
}

/**
 * Holds what a tool has found against the answers of answers.yml. Gives how many there are. Throws where one has no answer,
 * and where an answer has nothing to answer any more.
 */
export function answered(tool: string, findings: readonly Finding[]): string {
  const answers = answersTo(tool);
  const isAbout = ({ check, about }: Answered, finding: Finding) =>
    check === finding.check && about.some((one) => wildcard(one).test(finding.about));
  const open = findings.filter((finding) => !answers.some((answer) => isAbout(answer, finding)));
  const idle = answers.flatMap((answer) =>
    answer.about
      .filter((about) => !findings.some((finding) => isAbout({ ...answer, about: [about] }, finding)))
      .map((about) => `${answer.check} of ${about}: answers.yml answers what is not found`),
  );
  const wrong = [...open.map(({ check, about, message }) => `${check} of ${about}: ${message}`), ...idle];
  if (wrong.length > 0) throw new Error(wrong.join("\n    "));
  return `${findings.length} findings, each answered in answers.yml by one of ${answers.length}`;
}

function answersTo(tool: string): readonly Answered[] {
  const all = parse(readFileSync(new URL("answers.yml", import.meta.url), "utf8")) as Record<string, Answered[]>;
  return all[tool] ?? [];
}

function wildcard(text: string): RegExp {
  const literal = (part: string) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${text.split("*").map(literal).join(".*")}$`);
}
