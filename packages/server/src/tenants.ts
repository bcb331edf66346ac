/** Whose data it is on a machine of one's own, and whose the keys of the data folder are. */
export const DEFAULT_TENANT = "default";

/** Stands between a tenant and its worker's name; neither can hold one. */
const SEPARATOR = " ";
const LOCAL = /^local:/;

/**
 * A worker as the server tells it from all others: two tenants may have workers of one name. Those of the default
 * tenant go by their name alone, as they did when there was no other.
 */
export function workerKeyOf(tenantId: string, source: string): string {
  return tenantId === DEFAULT_TENANT ? source : `${tenantId}${SEPARATOR}${source}`;
}

/** Whether a key of {@link workerKeyOf} is of a worker of the tenant. */
export function isWorkerOf(tenantId: string, workerKey: string): boolean {
  if (tenantId !== DEFAULT_TENANT) return workerKey.startsWith(tenantId + SEPARATOR);
  // What runs in this process is the default tenant's, whatever it calls itself.
  return LOCAL.test(workerKey) || !workerKey.includes(SEPARATOR);
}
