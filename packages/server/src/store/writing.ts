/** Whether what is reported can be stored by this process. */
export interface Writing {
  /** Aborts when another server has taken the database over: nothing more is stored by this one, ever. */
  readonly lost: AbortSignal;
  /** Why nothing can be stored at the moment, for anybody to read; null when it can. */
  readonly whyNot: () => string | null;
}

/** Of a database that is nobody else's, or whose owner sees to it. */
export function writesAlways(): Writing {
  return { lost: new AbortController().signal, whyNot: () => null };
}
