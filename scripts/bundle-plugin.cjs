// Bundles the functions before osls zips them, so that `npx serverless package` and `deploy` need no step before them.
const { bundle } = require("tsx/cjs/api").require("./bundle.ts", __filename);

module.exports = class BundlePlugin {
  constructor() {
    this.hooks = { "before:package:createDeploymentArtifacts": () => bundle("dist/functions") };
  }
};
