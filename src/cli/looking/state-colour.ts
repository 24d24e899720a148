import type { SecretState } from "../../overview/states.js";
import type { Style } from "../style.js";

const COLOURS: Readonly<Record<SecretState, "red" | "yellow" | "cyan" | "dim" | "green">> = {
  "needs attention": "red",
  failing: "red",
  overdue: "yellow",
  retrying: "cyan",
  running: "cyan",
  due: "dim",
  paused: "dim",
  ok: "green",
};

/** A state's word, or what else is said of it, in its colour. */
export function inColour(state: SecretState, style: Style, text: string = state): string {
  return style[COLOURS[state]](text);
}
