import { useState } from "react";

/** What was asked for and did not work: `acknowledge it`, and why. */
export interface ActionFault {
  readonly what: string;
  readonly error: unknown;
}

/** Something that is asked of the server by a button: whether it is under way, and what went wrong with the last. */
export function useAction() {
  const [busy, setBusy] = useState<string | null>(null);
  const [fault, setFault] = useState<ActionFault | null>(null);
  /** @returns whether it worked */
  async function run(what: string, act: () => Promise<unknown>): Promise<boolean> {
    setBusy(what);
    setFault(null);
    try {
      await act();
      return true;
    } catch (error) {
      setFault({ what, error });
      return false;
    } finally {
      setBusy(null);
    }
  }
  return { busy, fault, run };
}
