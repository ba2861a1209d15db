import { z } from 'zod';
import { EmailPage, ListEmailsInput } from '@gatehouse/contract/email';
import { equals, equalsConstant } from '../list/fragment.ts';
import { listPage, listRow } from '../list/list.ts';
import { inReach } from '../portal/portal-filter.ts';
import { query } from '../kernel/query.ts';
import { EMAIL_ROW, EMAIL_COLUMNS, emailView } from './email.view.ts';

export const listEmails = query({
  name: 'emails.list',
  access: 'emails:read',
  summary: 'List the delivery log: all mails and their delivery',
  input: ListEmailsInput,
  output: EmailPage,
  run(scope, input) {
    const { where, filters } = inReach(scope, 'portal_id', input.portal_id);
    return listPage(scope, input, {
      row: z.object({ ...EMAIL_ROW, ...listRow }),
      select: EMAIL_COLUMNS,
      from: 'email',
      id: 'id',
      where: [...where, ...equalsConstant('status', input.status)],
      filters: [...filters, ...equalsConstant('kind', input.kind), ...equals('"to"', input.to)],
      order: { created_at: { column: 'created_at', type: 'timestamptz' } },
      defaultOrder: 'created_at',
      present: emailView,
    });
  },
});
