// Makes the functions' packages, so that `npx serverless package` and `deploy` need no step before them, and osls need
// not look for their files in all of node_modules.
module.exports = class BundlePlugin {
  constructor(serverless) {
    const makePackages = async () => (await import("./function-packages.mjs")).makePackages(serverless.service);
    this.hooks = {
      "before:package:createDeploymentArtifacts": makePackages,
      "before:package:function:package": makePackages,
    };
  }
};
