import { newId } from '@gatehouse/db/columns';

/** The login with a password kept here, as every portal has it from the beginning. */
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
