const KEY = "playhead.letter-keys";

/** Whether shortcuts of letters alone are on. Who speaks to a machine that types wants them off (WCAG 2.1.4). */
export function readLetterKeys(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

/** Turns them on or off, and keeps that where the browser lets us. */
export function keepLetterKeys(isOn: boolean): void {
  try {
    if (isOn) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "off");
  } catch {
    // It holds for this visit only, in which the page cannot tell.
  }
}
