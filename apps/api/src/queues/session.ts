import { randomSecret, sha256 } from '@gatehouse/core/crypto/secret';

/** Seconds. */
export const SESSION_AGE = 60 * 60;
/** More than that many people do not look at one process's dashboard; the oldest session makes room. */
const MOST = 1000;

type Session = { token: string; endsAt: number };

/** Browser sessions of this process. They keep the token, which is asked about again at every request. */
export type Sessions = { open(token: string): string; close(id: string): void; tokenOf(id: string): string | null };

/** Sessions are found by the SHA-256 of their id, so that a dump of memory opens none. */
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
