import { parseArgs } from "node:util";
import { ensurePackage } from "../infra/package.mjs";
import { measureBundles } from "./bundles.js";
import { measureRotations } from "./rotations.js";

// The newest SDK that Node.js 20 can use says so at every start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, times: { type: "string", default: "100" } },
});
await ensurePackage();
const times = Number(values.times);
const results = [await measureRotations("single-user", times), await measureRotations("alternating-users", times)];
const bundles = await measureBundles();

if (values.json) {
  console.log(JSON.stringify({ results, bundles }, null, 2));
} else {
  console.log(`Rotations through the state machine beside the bare work, ${times} of each, warm\n`);
  console.table(
    results.map(({ rotationMs, bareMs, credentialGapMs, ...rest }) => ({
      ...rest,
      "rotation ms (median, p95)": `${rotationMs.median}, ${rotationMs.p95}`,
      "bare ms (median, p95)": `${bareMs.median}, ${bareMs.p95}`,
      "gap ms (median, max)": credentialGapMs ? `${credentialGapMs.median}, ${credentialGapMs.max}` : "none",
    })),
  );
  console.table(bundles);
}
