/** A bar that moves evenly in time, never back, and never stands still while work goes on. */
export interface SteadyPercent {
  /**
   * @param isAlive whether the job's worker was heard of: if not, the bar waits
   * @returns 0..1, under 1 until the job is over
   */
  at(activeSec: number, leftSec: number, isAlive: boolean): number;
}

/** A forecast alone takes it no further: the rest is for what nobody foresaw. */
const MOST_FORESEEN = 0.995;
const MOST = 0.9999;

/**
 * The share of the expected time that is behind. When more work is found, or it takes longer, that share would fall: then
 * the bar goes on at half the pace that would use up what is left of it by the end, and the slower, the longer the job has
 * taken beyond all that was foreseen.
 *
 * @param from where it stands, and since when @defaultValue at its beginning
 */
export function createSteadyPercent(from = { share: 0, activeSec: 0 }): SteadyPercent {
  let { share, activeSec: atSec } = from;
  return {
    at(activeSec, leftSec, isAlive) {
      const stepSec = Math.max(0, activeSec - atSec);
      atSec = Math.max(atSec, activeSec);
      const behind = activeSec <= 0 ? 0 : Math.min(MOST_FORESEEN, activeSec / (activeSec + leftSec));
      const paceSec = 2 * Math.max(leftSec, activeSec / 2, 1e-3);
      const creeping = isAlive ? 1 - (1 - share) * Math.exp(-stepSec / paceSec) : share;
      share = Math.min(MOST, Math.max(share, behind, creeping));
      return share;
    },
  };
}
