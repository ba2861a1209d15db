import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { newId } from '@gatehouse/db/columns';
import type { Context } from '../context.ts';
import { record } from '../record.ts';

/** Portals of one turn. */
const BATCH = 100;

const WITHOUT = `select id from portal p
  where not exists (select 1 from login_option o where o.portal_id = p.id and o.provider_type = 'built_in') limit ?`;

/** Portals that the release before login options has made while it ran beside this one get their built-in login. */
export async function addBuiltIn({ em, now }: Pick<Context, 'em' | 'now'>): Promise<void> {
  await record({ em }, async (fork) => {
    const portals = await fork.execute<{ id: string }[]>(WITHOUT, [BATCH]);
    for (const { id } of portals) fork.create(LoginOption, builtIn(id, now));
  });
}

/** As every portal has it from the beginning. */
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
