import { AsyncLocalStorage } from 'node:async_hooks';

/** Which part of a pool a call may use: lists and changes can fill their own part only. */
export type Lane = 'list' | 'change';

/** The call that statements belong to. */
export type Call = {
  /** Aborts when the caller has gone. */
  signal: AbortSignal;
  /** Undefined: a short call, which may use the whole pool. */
  lane?: Lane;
};

const calls = new AsyncLocalStorage<Call>();

/** Every statement of `run` belongs to the call: it is cancelled when the caller goes away. */
export const inCall = <T>(call: Call, run: () => T): T => calls.run(call, run);

/** Undefined where no caller waits, as in the worker. */
export const currentCall = (): Call | undefined => calls.getStore();

/** For what must be done although the caller has gone. */
export const outsideCall = <T>(run: () => T): T => calls.exit(run);

/** As `inCall`, in another lane of the current call. */
export function inLane<T>(lane: Lane, run: () => T): T {
  const call = calls.getStore();
  return call ? calls.run({ ...call, lane }, run) : run();
}
