import { afterAll } from "vitest";

/**
 * Ends, after the last test of the file, what was begun in its `beforeAll`: a hook that is added as late as that is never
 * called. To be called where the file begins; the last thing begun ends first.
 */
export function atFileEnd(): (end: () => void | Promise<void>) => void {
  const ends: (() => void | Promise<void>)[] = [];
  afterAll(async () => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  });
  return (end) => {
    ends.push(end);
  };
}
