import { traitsOf } from "../traits.js";

export { loginsOf } from "./names.js";

export const name = "redshift";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["redshift"] as const;

/** https://docs.aws.amazon.com/redshift/latest/dg/r_names.html, https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html */
export const traits = traitsOf({
  defaultPort: 5439,
  defaultDatabase: "dev",
  username: { max: 127, unit: "bytes" },
  password: { max: 64, forbidden: "'\"\\/@ ", required: ["lowercase", "uppercase", "numbers"] },
  // Privileges are kept in each database.
  adminEntersApplications: true,
});
