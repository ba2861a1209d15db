import type { Context } from '../kernel/context.ts';
import { isId } from '../list/ids.ts';

/** Which of these mails are still kept with their recipient: not erased with a portal, not made pseudonymous. */
export async function keptEmails({ em }: Pick<Context, 'em'>, ids: string[]): Promise<Set<string>> {
  const rows = await em
    .fork()
    .execute<{ id: string }[]>(
      `select id::text as id from email where id = any(?::uuid[]) and "to" not like 'erased-%'`,
      [`{${ids.filter(isId).join(',')}}`],
    );
  return new Set(rows.map(({ id }) => id));
}
