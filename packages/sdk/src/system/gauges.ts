/** Figures from elsewhere that go into each sample of the machine: of each name the latest. */
export interface Gauges {
  /** From now on the figure is this; null: there is none any more. What is no finite number is passed over. */
  set(name: string, value: number | null): void;
  /** All of them; undefined when there are none. */
  current(): Readonly<Record<string, number>> | undefined;
}

const MAX_GAUGES = 100;
const MAX_NAME = 100;

/** Keeps the latest 100 names at most: what is new beyond that is passed over. */
export function createGauges(): Gauges {
  const values = new Map<string, number>();
  return {
    set(name, value) {
      const key = String(name).slice(0, MAX_NAME);
      if (value === null) values.delete(key);
      else if (Number.isFinite(value) && (values.has(key) || values.size < MAX_GAUGES)) values.set(key, value);
    },
    current: () => (values.size === 0 ? undefined : Object.fromEntries(values)),
  };
}
