/** Stands in bundles for what is required and never called. */
module.exports = {};
