import type { EmailId } from '@gatehouse/contract/ids';
import type { Context } from '../kernel/context.ts';
import { type ComposedEmail, composeEmails } from '../email/compose-email.ts';

/** Composes one mail without claiming it. */
export async function composeEmail(context: Context, id: EmailId): Promise<ComposedEmail> {
  const composed = (await composeEmails({ ...context, em: context.em.fork() }, [id])).get(id);
  if (!composed) throw new Error('The mail does not exist.');
  if (composed.kind === 'faulty') throw composed.error;
  return composed;
}
