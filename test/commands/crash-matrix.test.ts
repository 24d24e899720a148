import { describe, expect, inject, it } from "vitest";
import { runMatrix } from "../../scripts/crash-matrix/matrix.js";
import { postgresSubjects } from "../../scripts/crash-matrix/subjects.js";
import { toolsFor } from "../../stage/postgres-tools.js";

// A sample; all of it is `npm run crash-matrix -- --all`. Another seed draws other cases.
const seed = Number(process.env.KEYTURN_SEED ?? 24);

describe("rotations that die anywhere", () => {
  it(`lock nobody out, block nothing and leave true records (seed ${seed})`, async () => {
    const database = inject("postgres");
    const { caFile } = database;
    const arena = { database, caFile, subjects: postgresSubjects(toolsFor(database)) };
    const figures = await runMatrix([arena], { sample: 16, seed, jobs: 1 });
    expect(figures).toMatchObject({ cases: 16, lockouts: 0, stuck: 0, untrueRecords: 0, failures: [] });
    expect(figures.points).toBeGreaterThan(90);
    expect(figures.notReached).toBeLessThan(6);
  });
});
