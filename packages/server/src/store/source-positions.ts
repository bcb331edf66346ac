import type { Store } from "../store/store.ts";

/** Beyond this many the ones heard of longest ago are forgotten here; the store still knows them. */
const MAX_SOURCES = 10_000;

export interface SourcePositionsDeps {
  readonly store: Pick<Store, "readSource">;
  /** Names this moment, for `isStored`. */
  readonly moment: () => number;
  /** Whether what was taken up to a moment is stored, and with it how far its sources had come. */
  readonly isStored: (moment: number) => boolean;
}

interface Position {
  readonly n: number;
  readonly moment: number;
}

/** How far each source has been taken, so that sending a record twice is harmless. */
export function createSourcePositions({ store, moment, isStored }: SourcePositionsDeps) {
  /** The one heard of longest ago first. */
  const positions = new Map<string, Position>();

  function remember(source: string, n: number): void {
    positions.delete(source);
    positions.set(source, { n, moment: moment() });
    if (positions.size <= MAX_SOURCES) return;
    for (const [oldest, position] of positions) {
      // The store does not know of it yet: forgetting it would let the same records in again.
      if (!isStored(position.moment)) return;
      positions.delete(oldest);
      if (positions.size <= MAX_SOURCES) return;
    }
  }

  return {
    /** The highest `n` taken from a source; 0 when nothing was. */
    async positionOf(source: string): Promise<number> {
      const known = positions.get(source);
      if (known !== undefined) return known.n;
      const stored = await store.readSource(source);
      remember(source, stored);
      return stored;
    },
    /** The source has been taken up to `n`, with what was added up to this moment. */
    advance: remember,
    size: (): number => positions.size,
  };
}
