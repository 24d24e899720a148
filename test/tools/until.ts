/** Looks again and again. It has no end of its own: that a machine is slow is no failure, and the test has one. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
