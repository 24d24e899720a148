/** Whether a server of this version, as in `19.12.0.0.0`, is of this release or newer. */
export function isAtLeast(version: string, major: number, minor = 0): boolean {
  const [serverMajor = 0, serverMinor = 0] = version.split(".").map(Number);
  return serverMajor > major || (serverMajor === major && serverMinor >= minor);
}
