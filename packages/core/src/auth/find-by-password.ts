import { comparable } from '@gatehouse/db/comparable';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { EntityManager } from '@mikro-orm/postgresql';
import { isPassword } from './login-hashes.ts';

/**
 * Finds the developer by username or address, and password. Null for an unknown name and for a wrong password. For an
 * address, the developer who has verified it comes first, so that another developer cannot block the owner with the same
 * text as a username. Then the developer with that username is tried. The cost is one statement and one hash, and a
 * second hash if such a username exists, so that it does not reveal whether the address is verified.
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
