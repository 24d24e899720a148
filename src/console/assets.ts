import { readFileSync } from "node:fs";

/** The files that pages are made of, with what they are; nothing else is served from disk. */
export const ASSETS = {
  "console.css": "text/css; charset=utf-8",
  "console.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
} as const;

export function asset(name: string): { readonly type: string; readonly bytes: Buffer<ArrayBuffer> } | undefined {
  if (!Object.hasOwn(ASSETS, name)) return undefined;
  return {
    type: ASSETS[name as keyof typeof ASSETS],
    bytes: readFileSync(new URL(`assets/${name}`, import.meta.url)),
  };
}
