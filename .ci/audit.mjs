// Fails where a package that is installed has a vulnerability that is known as high or critical. A registry that has no
// audits, or cannot be reached, is said so and fails nothing: nothing is known then, and no commit is to blame.
import { spawnSync } from "node:child_process";

const { stdout, error } = spawnSync(
  "npm",
  ["audit", "--json", "--audit-level=high", "--fetch-retries=0", "--fetch-timeout=30000"],
  { encoding: "utf8", timeout: 120_000, maxBuffer: 2 ** 28 },
);
const report = parsed(stdout);
if (report.auditReportVersion === undefined) {
  const why = report.message ?? report.error?.summary ?? error?.code ?? "no answer";
  console.log(
    `skipped: npm audit, the registry gives no audits (${String(why)
      .replace(/ - [A-Z]+ http.*/s, "")
      .slice(0, 120)})`,
  );
} else {
  const found = Object.values(report.vulnerabilities).filter(({ severity }) => /^(high|critical)$/.test(severity));
  for (const { name, severity, range, via } of found) {
    const titles = via.map((one) => (typeof one === "string" ? `by ${one}` : `${one.title} ${one.url}`));
    console.log(`npm audit: ${severity}: ${name} ${range}: ${titles.join("; ")}`);
  }
  console.log(`npm audit: ${found.length} high or critical`);
  process.exitCode = found.length > 0 ? 1 : 0;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
