import { formOf } from './forms.ts';
import { moveTo, typed, type Page } from './page.ts';
import { html } from '@gatehouse/words/html';
import { pageOf, pager, tableOf, timeOf } from './tables.ts';
import { answered, unlessGone } from './visit.ts';

const SIZE = 50;

export const sessions: Page = {
  path: '/sessions',
  audience: 'developer',
  async show(visit) {
    const texts = visit.texts.sessions;
    const page = pageOf(visit);
    const { list, total } = await answered(visit.calls.me.listSessions({ page, page_size: SIZE }));
    const rows = list.map(({ id, current, device, address, created_at, last_used_at, expires_at }) => [
      device ? texts.deviceOf(device.browser, device.system) : texts.unknown,
      address,
      timeOf(visit, created_at),
      timeOf(visit, last_used_at),
      timeOf(visit, expires_at),
      current
        ? texts.current
        : formOf(visit, {
            action: 'end',
            submit: texts.end,
            about: timeOf(visit, created_at),
            hidden: { session_id: id },
            isDangerous: true,
          }),
    ]);
    const head = [texts.device, texts.address, texts.signedIn, texts.lastUsed, texts.ends, visit.texts.actions];
    return {
      title: texts.title,
      body: html`${tableOf({ caption: texts.title, head, rows })}${pager(visit, { page, size: SIZE, total })}`,
    };
  },
  actions: {
    async end(visit) {
      await unlessGone(visit.calls.me.deleteSession({ session_id: typed(visit, 'session_id') }));
      return moveTo(visit, '/sessions', 'session_ended');
    },
  },
};
