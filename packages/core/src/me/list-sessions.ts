import { z } from 'zod';
import { ListSessionsInput, SessionPage } from '@gatehouse/contract/session';
import { fragment } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import { query } from '../kernel/query.ts';
import { inPerson } from '../session/in-person.ts';
import { IDLE_HOURS } from '../session/session-term.ts';
import { SESSION_ROW, SESSION_COLUMNS, SESSION_FROM, sessionView } from '../session/session.view.ts';

const HOUR = 3_600_000;

export const listSessions = query({
  name: 'me.listSessions',
  access: 'developer',
  summary: 'List your sessions',
  input: ListSessionsInput,
  output: SessionPage,
  async run(scope, input) {
    const { uid, sessionId } = inPerson(scope);
    const { now } = scope;
    // Rounded to the minute, because a cursor is bound to the filter.
    const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
    return listPage(scope, input, {
      row: z.object({ ...SESSION_ROW, ...listRow }),
      select: SESSION_COLUMNS,
      from: 'session s',
      rows: SESSION_FROM,
      id: 's.id',
      where: [fragment('s.developer_uid = ?', uid)],
      filters: [
        fragment('s.expires_at > ?', minute),
        fragment('s.last_used_at > ?', new Date(minute.getTime() - IDLE_HOURS * HOUR)),
      ],
      order: { created_at: { column: 's.created_at', type: 'timestamptz' } },
      defaultOrder: 'created_at',
      present: (row) => sessionView(row, sessionId),
    });
  },
});
