// serverless.yml reads what is computed from keyturn.yml through this file: it loads TypeScript, which osls does not.
module.exports = require("tsx/cjs/api").require("./resources.ts", __filename);
