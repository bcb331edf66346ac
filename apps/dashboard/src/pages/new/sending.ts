import type { newJobApi } from "./new-job-api.ts";

/** A file on its way to the server, or there. */
export interface Sent {
  readonly key: number;
  readonly name: string;
  readonly sizeBytes: number;
  /** 0..1 */
  readonly fraction: number;
  /** Null while it is not there. */
  readonly uploadId: string | null;
  readonly error: unknown;
}

/** Files that are sent, one after the other chosen; tells of every change. */
export function createSending(
  { upload, remove }: Pick<typeof newJobApi, "upload" | "remove">,
  onChange: (files: readonly Sent[]) => void,
) {
  let files: readonly Sent[] = [];
  let lastKey = 0;
  const underWay = new Map<number, AbortController>();

  function set(next: readonly Sent[]): void {
    files = next;
    onChange(files);
  }

  function change(key: number, fields: Partial<Sent>): void {
    set(files.map((each) => (each.key === key ? { ...each, ...fields } : each)));
  }

  function send(file: File): Sent {
    lastKey += 1;
    const key = lastKey;
    const controller = new AbortController();
    underWay.set(key, controller);
    upload(file, { signal: controller.signal, onProgress: (fraction) => change(key, { fraction }) })
      .then(
        ({ upload_id: uploadId }) => change(key, { uploadId, fraction: 1 }),
        (error: unknown) => change(key, { error }),
      )
      .finally(() => underWay.delete(key));
    return { key, name: file.name, sizeBytes: file.size, fraction: 0, uploadId: null, error: null };
  }

  function takeAway({ key, uploadId }: Sent): void {
    underWay.get(key)?.abort();
    // Should that fail, the server removes it by itself after a while.
    if (uploadId !== null) remove(uploadId).catch(() => undefined);
  }

  return {
    /** @param beside else in place of what is there */
    add(chosen: readonly File[], beside: boolean): void {
      if (!beside) files.forEach(takeAway);
      set([...(beside ? files : []), ...chosen.map(send)]);
    },
    remove(key: number): void {
      files.filter((each) => each.key === key).forEach(takeAway);
      set(files.filter((each) => each.key !== key));
    },
    /** Ends what is under way; what is there stays. */
    cancelAll(): void {
      for (const controller of underWay.values()) controller.abort();
    },
  };
}
