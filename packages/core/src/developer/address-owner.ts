import { Locale } from '@gatehouse/contract/locale';
import { statement, sure } from '@gatehouse/db/statement';
import { z } from 'zod';
import { comparable } from '@gatehouse/db/comparable';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import type { Scope } from '../kernel/command.ts';

// A plain row, because creating an entity would make known addresses measurably slower than unknown ones.
const addressOwner = statement({
  name: 'developer.address_owner',
  text: `select email, locale from developer
  where portal_id = ? and email_key = ? and left_at is null and (email_verified or email_set_by_admin)
    and id is distinct from ?::uuid`,
  params: ['uuid', 'text', 'uuid'],
  row: z.object({
    email: sure(z.string(), 'an account with an email_key has an email'),
    locale: Locale.nullable(),
  }),
});

type Address = { portal: Portal; email: string; except?: string };

export type AddressOwner = z.output<typeof addressOwner.row>;

/** Who verified the address or got it from an admin, and may spell it differently. Null if only `except` or no one owns it. */
export async function findAddressOwner(
  { em }: Scope,
  { portal, email, except }: Address,
): Promise<AddressOwner | null> {
  return (await addressOwner.first(em, [portal.id, comparable(email), except ?? null])) ?? null;
}
