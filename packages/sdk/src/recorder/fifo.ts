/** A queue: in at the end, out at the front, both in constant time. */
export interface Fifo<Item> {
  size(): number;
  push(item: Item): void;
  /** The item at the front, which stays there. */
  peek(): Item | undefined;
  /** The item so many places behind the front, which stays there. */
  at(index: number): Item | undefined;
  shift(): Item | undefined;
}

/** Rooms are powers of two. Such a one is kept while it is empty: to make it anew for each crowd costs more. */
const LEAST_ROOM = 16;
const KEPT_ROOM = 2_048;

export function createFifo<Item>(): Fifo<Item> {
  /** A ring: what is behind its end stands at its beginning. */
  let items: (Item | undefined)[] = new Array(LEAST_ROOM);
  let head = 0;
  let count = 0;

  function grow(): void {
    const more: (Item | undefined)[] = new Array(items.length * 2);
    for (let at = 0; at < count; at++) more[at] = items[(head + at) & (items.length - 1)];
    items = more;
    head = 0;
  }

  return {
    size: () => count,
    push(item) {
      if (count === items.length) grow();
      items[(head + count) & (items.length - 1)] = item;
      count += 1;
    },
    peek: () => (count === 0 ? undefined : items[head]),
    at: (index) => (index < count ? items[(head + index) & (items.length - 1)] : undefined),
    shift() {
      if (count === 0) return undefined;
      const item = items[head];
      items[head] = undefined;
      head = (head + 1) & (items.length - 1);
      count -= 1;
      if (count === 0 && items.length > KEPT_ROOM) {
        items = new Array(LEAST_ROOM);
        head = 0;
      }
      return item;
    },
  };
}
