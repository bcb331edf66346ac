/** Resolves as soon as a condition holds; a test that waits for what never comes ends by its own limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}
