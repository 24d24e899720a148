// Makes the functions' packages, so that `npx serverless package` and `deploy` need no step before them, and osls need
// not look for their files in all of node_modules.
module.exports = class BundlePlugin {
  constructor(serverless) {
    const makePackages = async () => (await import("./function-packages.mjs")).makePackages(serverless.service);
    this.hooks = {
      "package:initialize": () => nameFolder(serverless),
      "before:package:createDeploymentArtifacts": makePackages,
      "before:package:function:package": makePackages,
    };
  }
};

/**
 * The template names a folder in S3, and osls calls it by the time of packaging. With SOURCE_DATE_EPOCH, in seconds, it is
 * that time: then two packages of the same files are the same bytes. Not for `deploy`, which tells deployments apart by it.
 * https://reproducible-builds.org/docs/source-date-epoch/
 */
function nameFolder(serverless) {
  const { service, processedInput } = serverless;
  const { SOURCE_DATE_EPOCH: epoch } = process.env;
  if (epoch === undefined || processedInput.commands[0] !== "package") return;
  if (!/^\d+$/.test(epoch)) throw new Error(`SOURCE_DATE_EPOCH is a whole number of seconds, not ${epoch}`);
  const provider = serverless.getProvider("aws");
  const time = new Date(epoch * 1000);
  service.package.artifactDirectoryName = [
    provider.getDeploymentPrefix(),
    service.service,
    provider.getStage(),
    `${time.getTime()}-${time.toISOString()}`,
  ].join("/");
}
