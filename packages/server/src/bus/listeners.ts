/**
 * Who is told of something: a function, or an object of which there are very many, one for each job and viewer. Such an
 * object is its own subscription, and subscribes once.
 */
export type Listener<Told> = ((told: Told) => void) | Hearing<Told>;

export interface Hearing<Told> {
  hear(told: Told): void;
}

/**
 * Those who are told of something, in the order in which they came; one that throws harms nobody else. Of very many of
 * these each has one listener, and is told often: so that one needs no set, and an object of its own nothing around it.
 */
export class Listeners<Told> {
  #first: Hearing<Told> | null = null;
  #others: Set<Hearing<Told>> | null = null;

  get size(): number {
    return (this.#first === null ? 0 : 1) + (this.#others?.size ?? 0);
  }

  /** @returns ends the subscription, and says whether it was there still */
  add(listener: Listener<Told>): () => boolean {
    // Each subscription of a function is its own, also of one that is subscribed already.
    const own = typeof listener === "function" ? { hear: listener } : listener;
    if (this.size === 0) {
      this.#first = own;
    } else {
      this.#others ??= new Set();
      this.#others.add(own);
    }
    return () => this.#remove(own);
  }

  tell(told: Told, onError: (error: unknown) => void): void {
    if (this.#first !== null) tellOne(this.#first, told, onError);
    if (this.#others !== null) for (const each of this.#others) tellOne(each, told, onError);
  }

  #remove(own: Hearing<Told>): boolean {
    if (this.#first !== own) return this.#others?.delete(own) ?? false;
    this.#first = null;
    return true;
  }
}

function tellOne<Told>(listener: Hearing<Told>, told: Told, onError: (error: unknown) => void): void {
  try {
    listener.hear(told);
  } catch (error) {
    onError(error);
  }
}
