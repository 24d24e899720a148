/** For logins in tests that are about something else: longer than a machine is busy, shorter than a test may take. */
export const PATIENCE = { connectTimeoutMs: 60_000, statementTimeoutMs: 60_000 } as const;
