import type { Actor } from '@gatehouse/contract/actor';

/** The holder of a valid token or session. A process may remember it, as it remembers a decision for a gateway. */
export type KnownCaller<A extends Actor = Actor> = {
  actor: A;
  /** When the token or session expires, in milliseconds since 1970. 0: the caller must not be remembered. */
  expiresAt: number;
  /** The targets whose revocation ends the token or session earlier, by the names of `revocationTarget`. */
  targets: readonly string[];
};
