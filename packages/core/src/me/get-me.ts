import { Developer } from '@gatehouse/contract/developer';
import { MeInput } from '@gatehouse/contract/session';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { DEVELOPER_COLUMNS, DEVELOPER_ROW, developerView } from '../developer/developer.view.ts';
import { query } from '../kernel/query.ts';
import { inPerson, sessionEnded } from '../session/in-person.ts';

const self = statement({
  name: 'me.get',
  text: `select d.id, ${DEVELOPER_COLUMNS} from developer d where d.id = ? and d.left_at is null`,
  params: ['uuid'],
  row: z.object(DEVELOPER_ROW),
});

export const getMe = query({
  name: 'me.get',
  access: 'session',
  summary: 'Get your own record',
  input: MeInput,
  output: Developer,
  async run(scope) {
    const developer = await self.first(scope.em, [inPerson(scope).uid]);
    if (!developer) throw sessionEnded();
    return developerView(developer);
  },
});
