import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest on a quiet machine, the longest first; all others take less than twenty seconds. */
const LONG = [
  "test/rotation/retire-secret.test.ts",
  "test/security/mysql-boundary.test.ts",
  "test/rotation/asked-at-any-moment.test.ts",
  "test/fleet/brakes.test.ts",
  "test/rotation/faults.test.ts",
  "test/security/mariadb-boundary.test.ts",
  "test/fleet/fleet.test.ts",
  "test/rotation/native.test.ts",
  "test/adoption/adopt.test.ts",
  "test/console/browser.test.ts",
  "test/rotation/refresh-consumers.test.ts",
];

/** Begins with what takes longest, so that no worker has it left when the other one is done. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((file) => moduleId.endsWith(file));
      return place === -1 ? LONG.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
