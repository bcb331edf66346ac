/** How many connections (sockets, streams, polls that wait) there may be. */
export interface ConnectionLimits {
  /** In all. @defaultValue 10,000 */
  readonly total: number;
  /** @defaultValue 5,000 */
  readonly perTenant: number;
  /** From one network address; this machine's own are not counted. @defaultValue 500 */
  readonly perAddress: number;
}

/** What holds where nothing else is configured. */
export const DEFAULT_LIMITS: ConnectionLimits = { total: 10_000, perTenant: 5_000, perAddress: 500 };

/** What one connection takes up; given back once, when it ends. */
export interface Place {
  /** @returns whether there is room for one more of the tenant */
  takeFor(tenantId: string): boolean;
  leave(): void;
}

/**
 * Counts connections. What comes from this machine is not counted by address: there a reverse proxy speaks for many, and
 * who can run programs here has other ways. A proxy on another machine needs a higher limit.
 */
export function createPlaces(first: ConnectionLimits) {
  let limits = first;
  const byAddress = new Map<string, number>();
  const byTenant = new Map<string, number>();
  let total = 0;

  return {
    count: (): number => total,
    /** What holds for those who come from now on; whoever has a place keeps it. */
    setLimits(next: Partial<ConnectionLimits>): void {
      limits = { ...limits, ...next };
    },
    /** A place, or which limit is reached. */
    enter(address: string | undefined): Place | "total" | "address" {
      const key = address === undefined || isLoopback(address) ? null : address;
      if (total >= limits.total) return "total";
      if (key !== null && !take(byAddress, key, limits.perAddress)) return "address";
      total += 1;
      let tenant: string | null = null;
      let left = false;
      return {
        takeFor(tenantId) {
          if (left || tenant !== null || !take(byTenant, tenantId, limits.perTenant)) return false;
          tenant = tenantId;
          return true;
        },
        leave() {
          if (left) return;
          left = true;
          total -= 1;
          if (key !== null) giveBack(byAddress, key);
          if (tenant !== null) giveBack(byTenant, tenant);
        },
      };
    },
  };
}

export type Places = ReturnType<typeof createPlaces>;

function take(counts: Map<string, number>, key: string, limit: number): boolean {
  const count = counts.get(key) ?? 0;
  if (count >= limit) return false;
  counts.set(key, count + 1);
  return true;
}

function giveBack(counts: Map<string, number>, key: string): void {
  const count = counts.get(key) ?? 0;
  if (count > 1) counts.set(key, count - 1);
  else counts.delete(key);
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address);
}
