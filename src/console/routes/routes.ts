import type { Hono } from "hono";
import type { Desk, Why } from "../desk.js";
import type { Place } from "../place.js";

/** A part of the console: its paths, without what each begins with. What is done is a POST, and leads to a page that is a GET. */
export type Routes = (desk: Desk, place: () => Place) => Hono;

/** A field of a form, or nothing where it is missing or a file. */
export function text(form: Readonly<Record<string, unknown>>, name: string): string {
  const value = form[name];
  return typeof value === "string" ? value : "";
}

/** Why it is asked for, as a form says it; it goes into states and records. */
export function whyIn(form: Readonly<Record<string, unknown>>): Why {
  return { reason: text(form, "reason").trim().slice(0, MOST_OF_REASON), leaked: text(form, "leaked") === "yes" };
}

const MOST_OF_REASON = 200;

/** All fields of a form that are called so, where it was read with `all`. */
export function texts(form: Readonly<Record<string, unknown>>, name: string): string[] {
  return [form[name]].flat().filter((value) => typeof value === "string");
}
