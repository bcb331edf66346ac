/** Puts lists that are each in an order together to one in that order; takes of each only what is asked for. */
export async function* mergeOrdered<Item>(
  lists: readonly (AsyncIterable<Item> | Iterable<Item>)[],
  compare: (a: Item, b: Item) => number,
): AsyncGenerator<Item, void> {
  const ahead: { readonly list: AsyncGenerator<Item, void>; item: Item }[] = [];
  try {
    for (const list of lists.map(iterate)) {
      const { done, value } = await list.next();
      if (!done) ahead.push({ list, item: value as Item });
    }
    for (;;) {
      const [first, ...others] = ahead;
      if (first === undefined) return;
      const next = others.reduce((best, each) => (compare(each.item, best.item) < 0 ? each : best), first);
      yield next.item;
      const { done, value } = await next.list.next();
      if (done) ahead.splice(ahead.indexOf(next), 1);
      else next.item = value as Item;
    }
  } finally {
    for (const { list } of ahead) await list.return();
  }
}

async function* iterate<Item>(list: AsyncIterable<Item> | Iterable<Item>): AsyncGenerator<Item, void> {
  yield* list;
}
