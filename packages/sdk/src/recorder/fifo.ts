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

/** From here on the empty front of the array is cut off once it is the greater half. */
const CUT_AT = 1_024;

export function createFifo<Item>(): Fifo<Item> {
  let items: (Item | undefined)[] = [];
  let head = 0;

  return {
    size: () => items.length - head,
    push(item) {
      items.push(item);
    },
    peek: () => items[head],
    at: (index) => items[head + index],
    shift() {
      const item = items[head];
      if (head === items.length) return undefined;
      items[head] = undefined;
      head += 1;
      if (head === items.length) {
        items = [];
        head = 0;
      } else if (head >= CUT_AT && head * 2 >= items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
  };
}
