import { PlayheadError } from "@playhead/core";

/** Sends what must be stored in its order: when one is not, none of those that were sent before that was known is. */
export interface Turns {
  /** @param ask sends something with the turn that it belongs to */
  send<Result>(ask: (turn: number) => Promise<Result>): Promise<Result>;
}

/**
 * The sender's side. Who learns of a failure may begin anew, with what it sends then: a new turn.
 * @param onFailure is called at once when something sent was not stored
 */
export function createTurns(onFailure: () => void = () => {}): Turns {
  let turn = 1;
  return {
    async send(ask) {
      const ownTurn = turn;
      try {
        return await ask(ownTurn);
      } catch (error) {
        if (turn === ownTurn) turn += 1;
        onFailure();
        throw error;
      }
    },
  };
}

/** The receiver's side: does the work of a turn, unless something before it in the same turn has failed. */
export function createTurnGate(): <Result>(turn: number, work: () => Result) => Result {
  let refusedTurn = 0;
  return (turn, work) => {
    if (turn <= refusedTurn) throw new PlayheadError("service_unavailable", "a group before this one was not stored");
    try {
      return work();
    } catch (error) {
      refusedTurn = turn;
      throw error;
    }
  };
}
