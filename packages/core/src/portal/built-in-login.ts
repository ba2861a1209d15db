import { newId } from '@gatehouse/db/columns';

/** Sign-in with a password that Gatehouse stores. Every new portal has this login option. */
export const builtIn = (portal: string, now: Date) => ({
  id: newId(),
  portal,
  name: 'Password',
  providerType: 'built_in' as const,
  config: {},
  secrets: {},
  createdAt: now,
  updatedAt: now,
});
