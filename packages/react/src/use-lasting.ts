import { useEffect, useState } from "react";

/** Whether something has been so for long enough: what is over sooner is not worth a word. */
export function useLasting(isSo: boolean, patienceMs: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!isSo) return setLasts(false);
    const timer = setTimeout(() => setLasts(true), patienceMs);
    return () => clearTimeout(timer);
  }, [isSo, patienceMs]);
  return isSo && lasts;
}
