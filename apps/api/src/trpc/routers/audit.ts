import { listAuditEvents } from '@gatehouse/core/audit/list-audit-events';
import { exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const audit = router({
  list: exposeQuery(listAuditEvents),
});
