import { listLabels } from '@gatehouse/core/label/list-labels';
import { exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const labels = router({ list: exposeQuery(listLabels) });
