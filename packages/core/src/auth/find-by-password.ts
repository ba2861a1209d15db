import { comparable } from '@gatehouse/db/comparable';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { EntityManager } from '@mikro-orm/postgresql';
import { isPassword } from './login-hashes.ts';

/**
 * Whose name or address, and password, was typed; null for a wrong password and an unknown name. An address names first
 * of all the one who has verified it, so that nobody stands in the way by a username that looks like it; whoever has such
 * a username is found by the other password. One statement, and one hash; a second where a username is the address that
 * was typed and not verified, whether or not somebody else has verified it.
 */
export async function findByPassword(
  em: EntityManager,
  portal: Portal,
  { username: typed, password }: { username: string; password: string },
): Promise<Developer | null> {
  const key = comparable(typed);
  const isAddress = portal.settings.login_with_email && key.includes('@');
  const found = await em.find(Developer, {
    portal: portal.id,
    leftAt: null,
    $or: [{ usernameKey: key }, ...(isAddress ? [{ emailKey: key, emailVerified: true }] : [])],
  });
  const byAddress = found.find((one) => isAddress && one.emailVerified && one.emailKey === key);
  const byName = found.find((one) => one !== byAddress);
  for (const one of isAddress && byName ? [byAddress, byName] : [byAddress ?? byName]) {
    const isRight = await isPassword(one?.passwordHash ?? null, password);
    if (one && isRight) return one;
  }
  return null;
}
