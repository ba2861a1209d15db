import { listAudit } from '@gatehouse/core/audit/list-audit';
import { exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const audit = router({
  list: exposeQuery(listAudit),
});
