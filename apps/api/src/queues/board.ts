import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Queues } from '@gatehouse/queue/queues';
import type { RequestHandler } from 'express';
import { LocalAdapter } from './local-adapter.ts';

/** The pages and calls of bull-board. */
export function makeBoard(queues: Queues, prefix: string): RequestHandler {
  const serverAdapter = new LocalAdapter();
  serverAdapter.setBasePath(`${prefix}/queues`);
  createBullBoard({
    queues: queues.all().map((queue) => new BullMQAdapter(queue)),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Gatehouse queues',
        hideRedisDetails: true,
        hideDocsLink: true,
        miscLinks: [{ text: 'Sign out', url: `${prefix}/console/sign_out` }],
      },
    },
  });
  return serverAdapter.handler();
}
