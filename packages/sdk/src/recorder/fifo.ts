/** A queue: in at the end, out at the front, both in constant time. */
export interface Fifo<Item> {
  size(): number;
  push(item: Item): void;
  /** Adds them in their order, and keeps the list. */
  pushAll(items: Item[]): void;
  /** The item at the front, which stays there. */
  peek(): Item | undefined;
  /** The item so many places behind the front, which stays there. */
  at(index: number): Item | undefined;
  shift(): Item | undefined;
  /** At most so many from the front. */
  shiftMany(count: number): Item[];
}

/** So many items lie in one block, but for lists that came whole. */
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
  let first = emptyBlock<Item>();
  let last = first;
  /** The next to go, in the first block; and the next free place, in the last. All others are full. */
  let head = 0;
  let tail = 0;
  let count = 0;

  function append(items: (Item | undefined)[]): void {
    const block: Block<Item> = { items, next: null };
    if (count === 0) {
      first = block;
      head = 0;
    } else last.next = block;
    last = block;
  }

  /** So many are gone from the first block; an empty queue begins that block anew. */
  function advance(by: number): void {
    head += by;
    count -= by;
    if (count === 0) {
      head = 0;
      tail = 0;
    } else if (head === first.items.length) leaveFirst();
  }

  function leaveFirst(): void {
    first = first.next ?? emptyBlock<Item>();
    head = 0;
    if (count > 0) return;
    last = first;
    tail = 0;
  }

  /** At most so many, out of the first block: the block itself where that is all of it. */
  function shiftPart(wanted: number): Item[] {
    const { items } = first;
    const end = Math.min(head + wanted, first === last ? tail : items.length);
    if (head === 0 && end === items.length) {
      count -= end;
      leaveFirst();
      return items as Item[];
    }
    const part = items.slice(head, end);
    items.fill(undefined, head, end);
    advance(part.length);
    return part as Item[];
  }

  return {
    size: () => count,
    push(item) {
      if (tail === last.items.length) {
        append(new Array(BLOCK));
        tail = 0;
      }
      last.items[tail] = item;
      tail += 1;
      count += 1;
    },
    pushAll(items) {
      if (items.length === 0) return;
      last.items.length = tail;
      append(items);
      tail = items.length;
      count += items.length;
    },
    peek: () => (count === 0 ? undefined : first.items[head]),
    at(index) {
      if (index >= count) return undefined;
      let place = head + index;
      let block = first;
      for (; place >= block.items.length; block = block.next as Block<Item>) place -= block.items.length;
      return block.items[place];
    },
    shift() {
      if (count === 0) return undefined;
      const item = first.items[head];
      first.items[head] = undefined;
      advance(1);
      return item;
    },
    shiftMany(wanted) {
      const parts: Item[][] = [];
      for (let left = Math.min(wanted, count); left > 0; left -= parts.at(-1)?.length ?? 0) parts.push(shiftPart(left));
      return parts.length === 1 ? (parts[0] as Item[]) : ([] as Item[]).concat(...parts);
    },
  };
}

function emptyBlock<Item>(): Block<Item> {
  return { items: [], next: null };
}
