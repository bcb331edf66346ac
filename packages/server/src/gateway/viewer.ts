/** Who a connection belongs to, as far as the gateway needs to know. */
export interface Viewer {
  readonly tenantId: string;
  /** The only jobs that may be seen; null for all of the tenant's. */
  readonly jobIds: ReadonlySet<string> | null;
  /** When the credential runs out; null for one that does not. */
  readonly expiresAtMs: number | null;
  /** Names the credential, so that what it opened ends when it is revoked; not the credential itself. */
  readonly credentialId: string;
  /** The session of a browser that was signed in with it: ended by itself. */
  readonly sessionId?: string;
}

/** @returns whether the credential covers the job; whose job it is, is asked of the job. */
export function mayFollow({ jobIds }: Viewer, jobId: string): boolean {
  return jobIds === null || jobIds.has(jobId);
}

/** @returns whether it ends with this credential, or with this session */
export function endsWith({ credentialId, sessionId }: Viewer, revokedId: string): boolean {
  return credentialId === revokedId || sessionId === revokedId;
}

/** When the credential runs out, as a frame says it. */
export function expiryOf({ expiresAtMs }: Viewer): string | null {
  return expiresAtMs === null ? null : new Date(expiresAtMs).toISOString();
}
