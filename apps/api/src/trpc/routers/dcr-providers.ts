import { listDcrProviders } from '@gatehouse/core/dcr-provider/list-dcr-providers';
import { exposeQuery } from '../expose.ts';
import { router } from '../init.ts';

export const dcrProviders = router({ list: exposeQuery(listDcrProviders) });
