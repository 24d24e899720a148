import type { Visit } from "../../overview/history.js";
import { type Html, html } from "../html.js";
import type { Arrow, Box, MachinePlan } from "./machine-plan.js";

/** The machine, with the states that were entered lit by how that went. `isOver`: no state is at work any more. */
export function machine(plan: MachinePlan, visits: readonly Visit[], isOver: boolean): Html {
  const { left, top, width, height, boxes, arrows } = plan;
  const taken = new Set(visits.slice(1).map(({ state }, index) => wayOf(visits[index] as Visit, state)));
  // What is lit lies above what is not.
  const drawn = arrows
    .map((arrow) => ({ arrow, isLit: taken.has(keyOf(arrow)) }))
    .toSorted((a, b) => Number(a.isLit) - Number(b.isLit))
    .map(({ arrow, isLit }) => arrowOf(arrow, isLit));
  const states = boxes.map((box) =>
    boxOf(
      box,
      visits.filter(({ state }) => state === box.name),
      isOver,
    ),
  );
  return html`<svg class="machine" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The state machine; the states that were entered are listed below">
<defs>${tip("tip", "")}${tip("lit-tip", "lit")}</defs>${drawn}${states}
</svg>`;
}

function tip(id: string, mark: string): Html {
  return html`<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path class="${mark}" d="M1 1 7 4 1 7"/></marker>`;
}

/** Two states may have two ways from one to the other: the one that is meant, and the one when it fails. */
function wayOf({ state, tries }: Visit, next: string): string {
  return keyOf({ from: state, to: next, isCatch: tries.at(-1)?.failed !== undefined });
}

function keyOf({ from, to, isCatch }: Pick<Arrow, "from" | "to" | "isCatch">): string {
  return JSON.stringify([from, to, isCatch]);
}

function arrowOf({ isCatch, points }: Arrow, isLit: boolean): Html {
  const classes = [isCatch && "catch", isLit && "lit"].filter(Boolean).join(" ");
  return html`<path class="${classes}" d="${curve(points)}" marker-end="url(#${isLit ? "lit-tip" : "tip"})"/>`;
}

function boxOf(box: Box, entered: readonly Visit[], isOver: boolean): Html {
  const { name, x, y, width, height } = box;
  const mark = markOf(box, entered, isOver);
  return html`<g${mark && html` class="lit ${mark.classes}"`}><title>${name}${mark && `: ${mark.words}`}</title>
<rect x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${width}" height="${height}" rx="6"/>
<text x="${round(x)}" y="${round(y + 4)}" text-anchor="middle">${mark && `${mark.sign} `}${name}</text></g>`;
}

/** How a state that was entered went; undefined for one that was not. */
function markOf({ name, isFailure }: Box, entered: readonly Visit[], isOver: boolean) {
  const last = entered.at(-1);
  if (!last) return undefined;
  const tries = entered.reduce((sum, visit) => sum + visit.tries.length, 0);
  const again = tries > entered.length ? `, ${tries} tries` : "";
  const failed = last.tries.at(-1)?.failed;
  if (!last.leftAt && !isOver)
    return failed
      ? { classes: "now retrying", sign: "↻", words: `failed with ${failed.code}, is tried again${again}` }
      : { classes: "now running", sign: "▶", words: `at work${again}` };
  if (isFailure) return { classes: "failing", sign: "✘", words: "the end of one that failed" };
  if (failed) return { classes: "failing", sign: "✘", words: `failed with ${failed.code}${again}` };
  if (!last.leftAt && last.tries.length > 0) return { classes: "failing", sign: "✘", words: `cut off${again}` };
  if (again) return { classes: "retrying", sign: "↻", words: `passed${again}` };
  if (name === "Roll back") return { classes: "due", sign: "↩", words: "rolled back" };
  return { classes: "ok", sign: "✔", words: "passed" };
}

/** Through its points, round at each. */
function curve(points: Arrow["points"]): string {
  const [first, ...rest] = points.map(({ x, y }) => ({ x: round(x), y: round(y) }));
  if (!first) return "";
  const parts = rest.map((point, index) => {
    const next = rest[index + 1];
    if (!next) return `L${point.x} ${point.y}`;
    return `Q${point.x} ${point.y} ${round((point.x + next.x) / 2)} ${round((point.y + next.y) / 2)}`;
  });
  return `M${first.x} ${first.y}${parts.join("")}`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
