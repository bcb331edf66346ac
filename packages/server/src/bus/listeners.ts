/** A subscription is its own, also of a function that is subscribed already. */
interface Subscription<Told> {
  readonly listener: (told: Told) => void;
}

/**
 * Those who are told of something, in the order in which they came; one that throws harms nobody else. Of very many of
 * these each has one listener, and is told often: so that one needs no set.
 */
export class Listeners<Told> {
  #first: Subscription<Told> | null = null;
  #others: Set<Subscription<Told>> | null = null;

  get size(): number {
    return (this.#first === null ? 0 : 1) + (this.#others?.size ?? 0);
  }

  /** @returns ends the subscription, and says whether it was there still */
  add(listener: (told: Told) => void): () => boolean {
    const own = { listener };
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

  #remove(own: Subscription<Told>): boolean {
    if (this.#first !== own) return this.#others?.delete(own) ?? false;
    this.#first = null;
    return true;
  }
}

function tellOne<Told>({ listener }: Subscription<Told>, told: Told, onError: (error: unknown) => void): void {
  try {
    listener(told);
  } catch (error) {
    onError(error);
  }
}
