import { AsyncLocalStorage } from 'node:async_hooks';

/** The part of a pool that a call may use. Lists and changes can each fill only their own part. */
export type Lane = 'list' | 'change';

/** The API call that a statement belongs to. */
export type Call = {
  /** Aborts when the caller has disconnected. */
  signal: AbortSignal;
  /** Undefined for a short call, which may use the whole pool. */
  lane?: Lane;
  /** Who makes the call, so that the lane is shared fairly. */
  caller?: string;
};

const calls = new AsyncLocalStorage<Call>();

/** Runs `run` as part of the call: its statements are cancelled when the caller disconnects. */
export const inCall = <T>(call: Call, run: () => T): T => calls.run(call, run);

/** Undefined outside a call, for example in the worker. */
export const currentCall = (): Call | undefined => calls.getStore();

/** For work that must finish even if the caller has disconnected. */
export const outsideCall = <T>(run: () => T): T => calls.exit(run);

/** Like `inCall`, but in another lane of the current call. */
export function inLane<T>(lane: Required<Pick<Call, 'lane'>> & Pick<Call, 'caller'>, run: () => T): T {
  const call = calls.getStore();
  return call ? calls.run({ ...call, ...lane }, run) : run();
}
