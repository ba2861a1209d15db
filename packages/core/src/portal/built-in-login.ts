import type { LoginOptionId, PortalId } from '@gatehouse/contract/ids';
import { newId } from '@gatehouse/db/columns';

/** Sign-in with a password that Gatehouse stores. Every new portal has this login option. */
export const builtIn = (portal: PortalId, now: Date) => ({
  id: newId<LoginOptionId>(),
  portal,
  name: 'Password',
  providerType: 'built_in' as const,
  config: {},
  secrets: {},
  createdAt: now,
  updatedAt: now,
});
