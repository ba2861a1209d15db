import { getDeletion } from '@gatehouse/core/deletion/get-deletion';
import { listDeletions } from '@gatehouse/core/deletion/list-deletions';
import { exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const deletions = router({
  list: exposeQuery(listDeletions),
  get: exposeQuery(getDeletion),
});
