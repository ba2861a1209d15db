import { LOGIN_OPTION_SECRETS } from '@gatehouse/contract/login-option';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { LockMode } from '@mikro-orm/core';
import type { Context } from '../context.ts';
import { record } from '../record.ts';
import { secretSeal, sealConfig } from './login-option-config.ts';
import { openConfig } from './open-config.ts';

/** Rows of one turn. */
const BATCH = 100;

/** Seals anew what a former secret has sealed, so that it can be forgotten. How many login options that were. */
export async function resealSecrets({ em, settings }: Pick<Context, 'em' | 'settings'>): Promise<number> {
  if (settings.previousSecret === null) return 0;
  const { isCurrent } = secretSeal(settings);
  const isFormer = (sealed: string | undefined): boolean => sealed !== undefined && !isCurrent(sealed);
  let count = 0;
  for (let after = ''; ;) {
    const seen = await record({ em }, async (fork) => {
      const options = await fork.find(
        LoginOption,
        { ...(after === '' ? {} : { id: { $gt: after } }), secrets: { $ne: {} } },
        { orderBy: { id: 'asc' }, limit: BATCH, lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      const old = options.filter(({ secrets }) => LOGIN_OPTION_SECRETS.some((name) => isFormer(secrets[name])));
      for (const option of old) Object.assign(option, sealConfig(settings, option, openConfig(settings, option)));
      count += old.length;
      return options.map(({ id }) => id);
    });
    const last = seen.at(-1);
    if (last === undefined || seen.length < BATCH) return count;
    after = last;
  }
}
