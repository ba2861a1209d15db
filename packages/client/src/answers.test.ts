import { TRPCClientError } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { createGatehouseClient, GatehouseCallError, problemOf } from './index.ts';

const PROBLEM = {
  type: 'urn:gatehouse:error:not_found',
  title: 'Not found',
  status: 404,
  detail: 'No such approval.',
  message: 'No such approval.',
  error_msg: 'No such approval.',
  instance: '/trpc/approvals.accept',
  code: 'not_found',
  request_id: 'r-1',
};

describe('a response that is not from the service', () => {
  const failure = async (response: () => Response): Promise<unknown> => {
    const fetch = () => Promise.resolve(response());
    const client = createGatehouseClient({ url: 'http://portal.test', fetch });
    const failed = (call: Promise<unknown>) => call.catch((thrown: unknown) => thrown);
    const [first, second, alone] = await Promise.all([
      failed(client.portals.list.query()),
      failed(client.portals.list.query()),
      failed(client.portals.list.query({}, { signal: new AbortController().signal })),
    ]);
    expect([second, alone]).toEqual([first, first]);
    expect(first).toBeInstanceOf(GatehouseCallError);
    expect(first).toBeInstanceOf(TRPCClientError);
    return first;
  };
  const html = { 'Content-Type': 'text/html; charset=utf-8' };

  it.each<[string, () => Response, object]>([
    [
      'a page',
      () => new Response('<h1>502</h1>', { status: 502, statusText: 'Bad Gateway', headers: html }),
      {
        status: 502,
        retryAfterSeconds: null,
        message:
          '502 Bad Gateway: The response (text/html) is not from Gatehouse. Check the URL and any proxy in between.',
      },
    ],
    [
      'an empty response',
      () => new Response(null, { status: 503, headers: { 'Retry-After': '30' } }),
      {
        status: 503,
        retryAfterSeconds: 30,
        message: '503: The response (no content type) is not from Gatehouse. Check the URL and any proxy in between.',
      },
    ],
    ['a page with status 200', () => new Response('<p>Sign in</p>', { headers: html }), { status: 200 }],
    ['JSON in another format', () => Response.json({ error: 'x' }, { status: 504 }), { status: 504 }],
    [
      'a truncated response',
      () => new Response('[{"result":', { headers: { 'Content-Type': 'application/json' } }),
      { status: 200 },
    ],
  ])('is recognized if it is %s', async (_, response, expected) => {
    expect(await failure(response)).toMatchObject({ name: 'GatehouseCallError', problem: null, ...expected });
  });

  it('can have a Retry-After with a date', async () => {
    const headers = { 'Retry-After': new Date(Date.now() + 90_000).toUTCString() };
    const { retryAfterSeconds } = Object(await failure(() => new Response('', { status: 503, headers })));
    expect(retryAfterSeconds).toBeGreaterThan(80);
    expect(retryAfterSeconds).toBeLessThanOrEqual(90);
    for (const text of ['soon', '-1'])
      expect(await failure(() => new Response('', { status: 503, headers: { 'Retry-After': text } }))).toMatchObject({
        retryAfterSeconds: null,
      });
  });

  it('keeps the problem document if the service rejected the request as a whole', async () => {
    const problem = { ...PROBLEM, status: 503, code: 'overloaded', detail: 'Too busy.' };
    const refused = () => Response.json(problem, { status: 503, headers: { 'Retry-After': '2' } });
    const error = await failure(refused);
    expect(error).toMatchObject({ message: 'Too busy.', problem, status: 503, retryAfterSeconds: 2 });
    expect(problemOf(error)).toEqual(problem);
  });

  it('has neither status nor problem without a connection', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed'));
    const client = createGatehouseClient({ url: 'http://portal.test', fetch });
    await expect(client.portals.list.query()).rejects.toMatchObject({
      name: 'GatehouseCallError',
      message: 'fetch failed',
      status: null,
      problem: null,
      retryAfterSeconds: null,
    });
  });
});
