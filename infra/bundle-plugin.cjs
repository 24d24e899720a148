// Bundles the functions before osls zips them, so that `npx serverless package` and `deploy` need no step before them.
module.exports = class BundlePlugin {
  constructor() {
    this.hooks = {
      "before:package:createDeploymentArtifacts": async () => (await import("./bundle.mjs")).bundle("dist/functions"),
    };
  }
};
