import type { LoginOptionId } from '@gatehouse/contract/ids';
import { GatehouseError } from '@gatehouse/contract/errors';
import { LOGIN_OPTION_SECRETS } from '@gatehouse/contract/login-option-config';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { LockMode } from '@mikro-orm/core';
import type { Context, Settings } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';
import { secretSeal, sealConfig } from './login-option-config.ts';
import { openConfig } from './open-config.ts';

/** The most rows of one query. */
const BATCH = 100;

/** `lost`: login options with a secret that neither `GATEHOUSE_SECRET` nor `GATEHOUSE_PREVIOUS_SECRET` opens. */
type ResealResult = { count: number; lost: string[] };

/** Encrypts with `GATEHOUSE_SECRET` what the former secret encrypted, so that operators can remove the former secret. */
export async function resealSecrets({ em, settings }: Pick<Context, 'em' | 'settings'>): Promise<ResealResult> {
  const resealed: ResealResult = { count: 0, lost: [] };
  if (settings.previousSecret === null) return resealed;
  const { isCurrent } = secretSeal(settings);
  const isFormer = (sealed: string | undefined): boolean => sealed !== undefined && !isCurrent(sealed);
  for (let after: LoginOptionId | null = null; ;) {
    const { seen, count, lost } = await record({ em }, async (fork) => {
      const batch: ResealResult = { count: 0, lost: [] };
      const options = await fork.find(
        LoginOption,
        { ...(after === null ? {} : { id: { $gt: after } }), secrets: { $ne: {} } },
        { orderBy: { id: 'asc' }, limit: BATCH, lockMode: LockMode.PESSIMISTIC_WRITE },
      );
      const old = options.filter(({ secrets }) => LOGIN_OPTION_SECRETS.some((name) => isFormer(secrets[name])));
      for (const option of old) {
        const config = openIfPossible(settings, option);
        if (config) Object.assign(option, sealConfig(settings, option, config));
        else batch.lost.push(option.id);
        batch.count += config ? 1 : 0;
      }
      return { ...batch, seen: options.map(({ id }) => id) };
    });
    resealed.count += count;
    resealed.lost.push(...lost);
    const last = seen.at(-1);
    if (last === undefined || seen.length < BATCH) return resealed;
    after = last;
  }
}

/** A secret that cannot be opened must not stop the others from being resealed. */
function openIfPossible(settings: Settings, option: LoginOption): Record<string, unknown> | null {
  try {
    return openConfig(settings, option);
  } catch (error) {
    if (error instanceof GatehouseError && error.code === 'illegal_state') return null;
    throw error;
  }
}
