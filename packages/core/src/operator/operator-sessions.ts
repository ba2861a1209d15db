import type { SessionPage } from '@gatehouse/contract/session';
import { z } from 'zod';
import { fragment } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import type { QueryScope } from '../kernel/query.ts';
import { SESSION_COLUMNS, SESSION_ROW, sessionView } from '../session/session.view.ts';
import { IDLE_MINUTES } from './operator-session-term.ts';

const MINUTE = 60_000;

/** The context of the event `operator_session.created` holds the origin of a session. */
const FROM = `operator_session s
  left join event e on e.resource_type = 'operator_session' and e.resource_id = s.id::text and e.name = 'operator_session.created'
  left join event_context c on c.event_id = e.id`;

type Holder = { operator: string } | { token: string };

/** Lists the console sessions of an operator or a token. `current`: the session of this call, if it is one of them. */
export function operatorSessions(
  scope: QueryScope,
  input: Parameters<typeof listPage>[1],
  { holder, current }: { holder: Holder; current: string },
): Promise<z.input<typeof SessionPage>> {
  // Rounded to the minute, because a cursor is bound to the filter.
  const minute = Math.floor(scope.now.getTime() / MINUTE) * MINUTE;
  return listPage(scope, input, {
    row: z.object({ ...SESSION_ROW, ...listRow }),
    select: SESSION_COLUMNS,
    from: 'operator_session s',
    rows: FROM,
    id: 's.id',
    where: [
      'operator' in holder ? fragment('s.operator_id = ?', holder.operator) : fragment('s.token_id = ?', holder.token),
    ],
    filters: [
      fragment('s.expires_at > ?', new Date(minute)),
      fragment('s.last_used_at > ?', new Date(minute - IDLE_MINUTES * MINUTE)),
    ],
    order: { created_at: { column: 's.created_at', type: 'timestamptz' } },
    defaultOrder: 'created_at',
    present: (row) => sessionView(row, current),
  });
}
