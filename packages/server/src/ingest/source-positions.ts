import type { Store } from "../store/store.ts";

/** Beyond this many the one heard of longest ago is forgotten here; the store still knows it. */
const MAX_SOURCES = 10_000;

/** How far each source has been taken, so that sending a record twice is harmless. */
export function createSourcePositions(store: Pick<Store, "readSource">) {
  const positions = new Map<string, number>();

  function remember(source: string, n: number): void {
    positions.delete(source);
    positions.set(source, n);
    if (positions.size <= MAX_SOURCES) return;
    const [oldest] = positions.keys();
    if (oldest !== undefined) positions.delete(oldest);
  }

  return {
    /** The highest `n` taken from a source; 0 when nothing was. */
    async positionOf(source: string): Promise<number> {
      const known = positions.get(source);
      if (known !== undefined) return known;
      const stored = await store.readSource(source);
      remember(source, stored);
      return stored;
    },
    advance: remember,
  };
}
