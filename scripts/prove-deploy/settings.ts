/** What the prover deploys with, as keyturn.yml. */
export const SETTINGS = {
  schedules: {
    nightly: { expression: "cron(0 2 * * ? *)", timezone: "Etc/UTC", dueAfterDays: 30 },
    // Fires while somebody waits for it, whatever the age of the secret.
    soon: { expression: "rate(1 minute)" },
  },
  doctor: { enabled: false },
  notifications: {
    on: ["succeeded", "failed", "needs attention", "retired", "retirement failed", "changed outside", "check failed"],
  },
};

/** One schedule less, the other at another time and in another zone, and more besides. */
export const CHANGED = {
  schedules: {
    nightly: { expression: "cron(30 3 * * ? *)", timezone: "Europe/Berlin", dueAfterDays: 7, retireAfterMinutes: 60 },
  },
  doctor: { expression: "rate(2 days)" },
  notifications: { email: ["team@example.com"], on: ["succeeded", "failed", "needs attention"] },
  logRetentionDays: 30,
};
