import { statement } from '@gatehouse/db/statement';
import { EmailChangeUndone, UndoEmailChangeInput } from '@gatehouse/contract/session';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { EmailUndo } from '@gatehouse/db/entities/email-undo.entity';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { LockMode } from '@mikro-orm/postgresql';
import { changed, command, unchanged, type Scope } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { findPortal } from '../portal/find-portal.ts';
import { endSessions } from '../session/end-sessions.ts';
import { ownAddress } from '../developer/own-address.ts';
import { invalidLink, readToken, signedAddress } from '../email/signed-link.ts';

export const undoEmailChange = command({
  name: 'auth.undoEmailChange',
  access: 'public',
  summary: 'Return to the former email address with its mailed link; all sessions end',
  input: UndoEmailChangeInput,
  output: EmailChangeUndone,
  async run(scope, { portal_id, token }) {
    const portal = await findPortal(scope.em, portal_id);
    const { developer, undo } = await findUndo(scope, portal, token);
    scope.authorize(allowed);
    // A button that is pressed twice is answered as the first press was.
    if (undo.undoneAt) return unchanged({ status: 'undone' as const });
    // Needed even if the address is still in use: it cancels a pending change and revokes links sent to other addresses.
    developer.chooseEmail(undo.email);
    await ownAddress(scope, developer);
    undo.undoneAt = scope.now;
    await endLaterUndos(scope, undo);
    endSessions(scope.em, developer.id);
    scope.as(developer).emit('developer.email_change_undone', developer, ['email', 'pending_email', 'email_verified']);
    return changed({ status: 'undone' as const });
  },
});

type UndoMatch = { developer: Developer; undo: EmailUndo };

/**
 * Finds the change that the link undoes, and locks its developer. A used link is found again while the account still has
 * the address; otherwise a used link is as invalid as a forged one.
 */
async function findUndo({ em, now, settings }: Scope, portal: Portal, token: string): Promise<UndoMatch> {
  const read = readToken(token);
  const undo = read && (await em.findOne(EmailUndo, { id: read.subject, expiresAt: { $gt: now } }));
  if (
    !read ||
    read.expiresAt <= now ||
    !undo ||
    !signedAddress(settings, { ...read, kind: 'email_changed', version: 0 }, [undo.email])
  )
    throw invalidLink();
  const developer = await em.findOne(
    Developer,
    { id: undo.developer, portal: portal.id, leftAt: null, state: { $ne: 'Suspended' } },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  // Read again under the lock: the link may have been used, or ended, in the meantime.
  const current = developer && (await em.findOne(EmailUndo, undo.id, { refresh: true }));
  if (!current || (current.undoneAt && developer.emailKey !== current.emailKey)) throw invalidLink();
  return { developer, undo: current };
}

/** Deletes the undo link of the replaced address, so that it cannot undo the undo. */
const endLaterUndos = ({ em }: Scope, { id, developer, createdAt }: EmailUndo): Promise<unknown> =>
  endSince.run(em, [developer, createdAt, id]);

const endSince = statement({
  name: 'email_undo.end_since',
  text: 'delete from email_undo where developer_uid = ? and created_at >= ? and id <> ?',
  params: ['uuid', 'timestamp with time zone', 'uuid'],
});
