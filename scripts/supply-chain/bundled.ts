import { readFileSync } from "node:fs";
import type { Metafile } from "esbuild";
import { closureOf } from "../../infra/bundle.mjs";
import { METAFILE } from "../../infra/function-packages.mjs";
import { packagesIn, type ThirdParty } from "../../infra/third-party.mjs";

/** A function's package. */
export interface Bundle {
  /** As it is called in serverless.yml. */
  readonly name: string;
  /** The zip. */
  readonly artifact: string;
  /** What of others stands in it. */
  readonly packages: readonly ThirdParty[];
}

interface State {
  readonly service: {
    readonly functions: Readonly<
      Record<string, { readonly handler: string; readonly package: { readonly artifact: string } }>
    >;
  };
}

/** What was packaged last, by osls' and esbuild's own accounts of it. */
export function bundles(folder = ".serverless"): Bundle[] {
  const metafile = read<Metafile>(`${folder}/${METAFILE}`);
  const { service } = read<State>(`${folder}/serverless-state.json`);
  const entries = Object.entries(metafile.outputs);
  return Object.entries(service.functions).map(([name, { handler, package: made }]) => {
    const source = handler.replace(/\.handler$/, ".ts");
    const [entry = ""] = entries.find(([, { entryPoint }]) => entryPoint === source) ?? [];
    return { name, artifact: made.artifact, packages: packagesIn(metafile, closureOf(metafile, entry)) };
  });
}

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(file, "utf8")) as Content;
}
