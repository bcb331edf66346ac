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

/** So many items lie in one block. */
const BLOCK = 512;

interface Block<Item> {
  readonly items: (Item | undefined)[];
  next: Block<Item> | null;
}

/**
 * A chain of blocks: nothing is ever copied, and a crowd leaves nothing behind. One array that grows would be copied at
 * each size, and from 16 384 on V8 makes the code anew that makes it.
 */
export function createFifo<Item>(): Fifo<Item> {
  let first: Block<Item> = { items: new Array(BLOCK), next: null };
  let last = first;
  /** The next to go, in the first block; and the next free place, in the last. */
  let head = 0;
  let tail = 0;
  let count = 0;

  return {
    size: () => count,
    push(item) {
      if (tail === BLOCK) {
        last.next = { items: new Array(BLOCK), next: null };
        last = last.next;
        tail = 0;
      }
      last.items[tail] = item;
      tail += 1;
      count += 1;
    },
    peek: () => (count === 0 ? undefined : first.items[head]),
    at(index) {
      if (index >= count) return undefined;
      let place = head + index;
      let block = first;
      for (; place >= BLOCK; place -= BLOCK) block = block.next as Block<Item>;
      return block.items[place];
    },
    shift() {
      if (count === 0) return undefined;
      const item = first.items[head];
      first.items[head] = undefined;
      head += 1;
      count -= 1;
      if (count === 0) {
        head = 0;
        tail = 0;
      } else if (head === BLOCK) {
        first = first.next as Block<Item>;
        head = 0;
      }
      return item;
    },
  };
}
