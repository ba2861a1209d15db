import { GatehouseError } from '@gatehouse/contract/errors';
import { portalSide } from '@gatehouse/contract/portal-side';
import type { Actor } from '@gatehouse/contract/actor';
import type { UseCase } from '@gatehouse/core/kernel/use-case';
import { createOrm } from '@gatehouse/db/orm';
import express, { type Express } from 'express';
import { pino } from 'pino';
import { z } from 'zod';
import { answerProblems } from '../http/answer-problems.ts';
import { Lanes } from '../http/lanes.ts';
import { uncounted } from '../http/failures.ts';
import { unlimited } from '../http/rate-limit.ts';
import { trackRequest } from '../http/current-request.ts';
import { createRest } from '../rest/adapter.ts';
import { restTable } from '../rest/table.ts';
import { exposeCommand, exposeQuery } from '../trpc/expose.ts';
import { router } from '../trpc/init.ts';

const Thing = z.object({ id: z.string(), echo: z.unknown() }).meta({ id: 'Thing' });
const ref = { shelf_id: z.string().max(20), thing_id: z.string().max(20) };

/** Answers with the input it was given; `fail` makes it throw what a real one might. */
function fake<I extends z.ZodObject>(kind: UseCase['kind'], name: string, input: I): UseCase<I, typeof Thing> {
  const access = name === 'open' ? 'public' : kind === 'query' ? 'portals:read' : 'portals:write';
  return {
    kind,
    name,
    access,
    summary: name,
    input,
    output: Thing,
    execute(_context, given) {
      if ('fail' in given && given.fail === 'bug') throw new Error('the password is hunter2');
      if ('fail' in given && given.fail === 'conflict') throw new GatehouseError('illegal_state', 'Not now.');
      return Promise.resolve({ id: 'a/b', echo: given });
    },
  };
}

const things = router({
  list: exposeQuery(
    fake(
      'query',
      'list',
      z.strictObject({
        shelf_id: ref.shelf_id,
        page: z.int().min(1).optional(),
        ratio: z.number().optional(),
        big: z.boolean().optional(),
        state: z.enum(['new', 'old']).optional(),
        tags: z.array(z.string().min(1)).optional(),
        labels: z.record(z.string().min(1), z.string()).optional(),
        cursor: z.string().optional(),
        fail: z.enum(['bug', 'conflict']).optional(),
      }),
    ),
  ),
  get: exposeQuery(fake('query', 'get', z.strictObject(ref))),
  make: exposeCommand(
    fake(
      'command',
      'make',
      z.strictObject({
        shelf_id: ref.shelf_id,
        name: z.string().min(1),
        labels: z.record(z.string(), z.string()).optional(),
      }),
    ),
    'change',
  ),
  poke: exposeCommand(fake('command', 'poke', z.strictObject({ ...ref, reason: z.string().optional() })), 'change'),
  drop: exposeCommand(fake('command', 'drop', z.strictObject(ref)), 'change'),
  shelve: exposeCommand(
    fake('command', 'shelve', z.strictObject({ ...portalSide, thing_id: ref.thing_id, name: z.string().min(1) })),
    'change',
  ),
  open: exposeCommand(fake('command', 'open', z.strictObject({ shelf_id: ref.shelf_id })), 'change'),
});

export const fakeRouter = router({ things });

const { get, post, put, remove } = restTable<typeof fakeRouter>();

const fakeRoutes = [
  get('/shelves/{shelf_id}/things', 'things.list'),
  post('/shelves/{shelf_id}/things', 'things.make', { status: 201, location: '/things/{id}' }),
  get('/shelves/{shelf_id}/things/{thing_id}', 'things.get'),
  remove('/shelves/{shelf_id}/things/{thing_id}', 'things.drop', { status: 204 }),
  post('/shelves/{shelf_id}/things/{thing_id}/poke', 'things.poke'),
  put('/things/{thing_id}', 'things.shelve'),
  post('/shelves/{shelf_id}/open', 'things.open', { status: 202 }),
];

const reader: Actor = {
  kind: 'admin_token',
  id: 'r',
  name: 'reader',
  portalId: null,
  scopes: ['portals:read'],
  expiresAt: null,
};
const writer: Actor = { ...reader, id: 'w', name: 'writer', scopes: ['portals:write'] };
const callers: Record<string, Actor> = { reader, writer };

/** The REST adapter over calls that need no database. `x-api-key` is the name of the caller. */
export async function fakeApi(): Promise<Express> {
  const { em } = createOrm({ databaseUrl: 'postgresql://app@127.0.0.1:1/nowhere' });
  const lanes = new Lanes();
  const rest = createRest({
    router: fakeRouter,
    routes: fakeRoutes,
    prefix: '',
    createContext: (req) => ({
      now: new Date(0),
      clientAddress: '',
      limits: unlimited,
      hasIdempotencyKey: req.headers['idempotency-key'] !== undefined,
      lanes,
      caller: '',
      authenticate: () => Promise.resolve(callers[req.get('x-api-key') ?? ''] ?? { kind: 'anonymous' }),
      keepSession: () => undefined,
      dropConsoleSession: () => undefined,
      enter: (actor) =>
        Promise.resolve({
          em,
          actor,
          now: new Date(0),
          requestId: null,
          settings: { secret: '', previousSecret: null, publicUrl: '', smtpEnabled: false },
        }),
    }),
  });
  return express()
    .use(trackRequest({ prefix: '', isProxy: () => false }))
    .use('/api', answerProblems(rest, { logger: pino({ level: 'silent' }), failures: uncounted }));
}
