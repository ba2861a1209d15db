import { randomSecret, sha256 } from '@gatehouse/core/crypto/secret';

/** Seconds. */
export const SESSION_AGE = 60 * 60;
/** The maximum number of sessions per process. A new session replaces the oldest one. */
const MOST = 1000;

type Session = { token: string; endsAt: number };

/** Browser sessions of this process. They hold the token, which is checked again on every request. */
export type Sessions = { open(token: string): string; close(id: string): void; tokenOf(id: string): string | null };

/** Stores sessions under the SHA-256 of their id, so that a memory dump does not contain usable ids. */
export function openSessions(clock: () => Date): Sessions {
  const sessions = new Map<string, Session>();
  const dropOldest = (): void => {
    const [oldest] = sessions.keys();
    if (oldest !== undefined) sessions.delete(oldest);
  };
  return {
    open(token) {
      const now = clock().getTime();
      for (const [key, { endsAt }] of sessions) if (endsAt <= now) sessions.delete(key);
      if (sessions.size >= MOST) dropOldest();
      const id = randomSecret();
      sessions.set(sha256(id), { token, endsAt: now + SESSION_AGE * 1000 });
      return id;
    },
    close(id) {
      sessions.delete(sha256(id));
    },
    tokenOf(id) {
      const session = sessions.get(sha256(id));
      return session && session.endsAt > clock().getTime() ? session.token : null;
    },
  };
}
