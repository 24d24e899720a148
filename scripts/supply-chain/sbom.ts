import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Enums, Models, Serialize, SPDX, Spec } from "@cyclonedx/cyclonedx-library";
import type { Bundle } from "./bundled.js";
import type { Locked } from "./locked.js";

/** What a bill of materials is of. */
export interface Subject {
  readonly name: string;
  readonly version: string;
  /** SHA-256, where it is one file. */
  readonly sha256?: string;
}

/** The bill of one function's package: what stands in that zip. */
export function billOfBundle({ name, artifact, packages }: Bundle, version: string, locked: readonly Locked[]): string {
  const inside = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const sha256 = createHash("sha256").update(readFileSync(artifact)).digest("hex");
  return bill(
    { name: `keyturn-${name}`, version, sha256 },
    locked.filter(({ name, version }) => inside.has(`${name}@${version}`)),
  );
}

/**
 * A bill of materials in CycloneDX 1.6, as JSON. The same bytes for the same packages: without the time and the random number
 * that `npm sbom` puts in, which besides names its subject by the folder that it runs in. What is at work only is optional.
 */
export function bill({ name, version, sha256 }: Subject, packages: readonly Locked[]): string {
  const subject = new Models.Component(Enums.ComponentType.Application, name, {
    bomRef: `${name}@${version}`,
    version,
  });
  if (sha256) subject.hashes.set(Enums.HashAlgorithm["SHA-256"], sha256);
  subject.licenses.add(new Models.SpdxLicense("Apache-2.0"));
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: subject }) });
  for (const one of packages) {
    const component = componentOf(one);
    bom.components.add(component);
    subject.dependencies.add(component.bomRef);
  }
  return new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6)).serialize(bom, {
    sortLists: true,
    space: 2,
  });
}

function componentOf({ name, version, licence, integrity, atWorkOnly }: Locked): Models.Component {
  const component = new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: `${name}@${version}`,
    version,
    // https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    scope: atWorkOnly ? Enums.ComponentScope.Optional : Enums.ComponentScope.Required,
  });
  component.licenses.add(licenceOf(licence));
  const [, sha512] = /^sha512-(\S+)$/.exec(integrity ?? "") ?? [];
  if (sha512) component.hashes.set(Enums.HashAlgorithm["SHA-512"], Buffer.from(sha512, "base64").toString("hex"));
  return component;
}

function licenceOf(licence: string): Models.License {
  return SPDX.isSupportedSpdxId(licence) ? new Models.SpdxLicense(licence) : new Models.LicenseExpression(licence);
}
