export interface CredentialWatchDeps {
  /** Which state of the credentials is stored. */
  readonly readVersion: () => Promise<string | null>;
  /** Takes up what is stored. */
  readonly reload: () => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** How soon a change is seen that nobody told of. @defaultValue 2,000 */
  readonly everyMs?: number;
}

const EVERY_MS = 2_000;

/**
 * Keeps what a node knows of credentials up with what the engine stored: at once when it is told, and by looking for what
 * it was not told of. Looking costs a row.
 */
export async function watchCredentials({ readVersion, reload, onError, everyMs = EVERY_MS }: CredentialWatchDeps) {
  let known = await readVersion();
  let looking: Promise<boolean> | null = null;
  await reload();

  async function look(): Promise<boolean> {
    // Before what it stands for: a change in between is seen the next time.
    const version = await readVersion();
    if (version === known) return false;
    await reload();
    known = version;
    return true;
  }

  /** @returns whether something was new */
  function check(): Promise<boolean> {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  }

  const timer = setInterval(() => check().catch(onError), everyMs);
  timer.unref();
  return {
    check,
    /** Looks again, also when it looks already: that may have been too early. */
    async changed(): Promise<void> {
      await looking?.catch(() => undefined);
      await check().catch(onError);
    },
    close: () => clearInterval(timer),
  };
}
