import { useEffect, useRef, useState } from "react";
import { usePolled } from "../../ui/poll.ts";

/** A page of a list. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** A list whose newest page is kept current, and whose older ones are read when they are asked for. */
export function usePages<Item>(key: string, read: (pageToken?: string) => Promise<ListPage<Item>>) {
  const newest = usePolled(key, () => read());
  const [older, setOlder] = useState<{ readonly key: string; readonly page: ListPage<Item> } | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const wanted = useRef(key);
  useEffect(() => {
    wanted.current = key;
    setFault(null);
  }, [key]);

  const kept = older?.key === key ? older.page : null;
  const next = kept === null ? (newest.value?.next ?? null) : kept.next;
  const more = async () => {
    if (next === null) return;
    try {
      const page = await read(next);
      if (wanted.current !== key) return;
      setOlder({ key, page: { items: [...(kept?.items ?? []), ...page.items], next: page.next } });
    } catch (error) {
      setFault(error);
    }
  };
  return {
    polled: newest,
    items: newest.value === null ? null : [...newest.value.items, ...(kept?.items ?? [])],
    hasMore: next !== null,
    more,
    fault,
    refresh: newest.refresh,
  };
}
