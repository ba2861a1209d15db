import { describe, expect, expectTypeOf, it } from 'vitest';
import { createGatehouseClient, problemOf, type RouterInputs, type RouterOutputs } from './index.ts';

type Sent = { url: URL; method: string | undefined; authorization: string | null };

/** A service that answers every call of a batch the same, and the requests it got. */
function serviceOf(answer: unknown, status = 200): { sent: Sent[]; fetch: typeof fetch } {
  const sent: Sent[] = [];
  return {
    sent,
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      sent.push({ url, method: init?.method, authorization: new Headers(init?.headers).get('authorization') });
      const calls = url.pathname.split(',').length;
      return Promise.resolve(Response.json(Array<unknown>(calls).fill(answer), { status }));
    },
  };
}

const empty = { result: { data: { list: [], total: 0 } } };

describe('createGatehouseClient', () => {
  it.each([
    ['http://portal.test', '/trpc/developers.list'],
    ['http://portal.test/', '/trpc/developers.list'],
    ['http://portal.test/gatehouse/', '/gatehouse/trpc/developers.list'],
  ])('asks below %s with the token', async (url, pathname) => {
    const { sent, fetch } = serviceOf(empty);
    const client = createGatehouseClient({ url, token: 't-1', fetch });
    expect(await client.developers.list.query({ portal_id: 'p' })).toEqual({ list: [], total: 0 });
    expect(sent).toMatchObject([{ url: { pathname }, method: 'GET', authorization: 'Bearer t-1' }]);
  });

  it('sends the calls of one tick together, 20 at most', async () => {
    const { sent, fetch } = serviceOf(empty);
    const client = createGatehouseClient({ url: 'http://portal.test', token: 't', fetch });
    await Promise.all(Array.from({ length: 45 }, (_, page) => client.portals.list.query({ page: page + 1 })));
    expect(sent.map(({ url }) => url.pathname.split(',').length)).toEqual([20, 20, 5]);
  });

  it('breaks a batch before its address grows too long', async () => {
    const { sent, fetch } = serviceOf(empty);
    const client = createGatehouseClient({ url: 'http://portal.test', token: 't', fetch });
    const search = 'x'.repeat(1000);
    await Promise.all(Array.from({ length: 10 }, () => client.portals.list.query({ search })));
    expect(sent.length).toBeGreaterThan(1);
    expect(Math.max(...sent.map(({ url }) => url.href.length))).toBeLessThanOrEqual(7_000);
  });

  it('rejects with what the service said', async () => {
    const problem = {
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
    const { fetch, sent } = serviceOf(
      { error: { code: -32_004, message: 'No such approval.', data: { problem } } },
      404,
    );
    const client = createGatehouseClient({ url: 'http://portal.test', token: 't', fetch });
    const error: unknown = await client.approvals.accept
      .mutate({ approval_id: 'a' })
      .catch((thrown: unknown) => thrown);
    expect(problemOf(error)).toEqual(problem);
    expect(sent).toMatchObject([{ method: 'POST' }]);
  });

  it('does not take the answer of something in between for the service', async () => {
    const fetch = () => Promise.resolve(Response.json({ code: 'bad_gateway' }, { status: 502 }));
    const client = createGatehouseClient({ url: 'http://portal.test', token: 't', fetch });
    const error: unknown = await client.portals.list.query({}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'TRPCClientError', message: 'Unable to transform response from server' });
    expect(problemOf(error)).toBeNull();
  });
});

describe('the types', () => {
  it('say what a call answers', () => {
    type Developer = RouterOutputs['developers']['list']['list'][number];
    expectTypeOf<Developer['state']>().toEqualTypeOf<'Pending' | 'Active' | 'Suspended'>();
    expectTypeOf<Developer['email']>().toEqualTypeOf<string | null>();
    expectTypeOf<RouterOutputs['developers']['delete']['status']>().toEqualTypeOf<
      'pending' | 'running' | 'completed'
    >();
    expectTypeOf<RouterOutputs['approvals']['accept']['result']>().toEqualTypeOf<
      'accepted' | 'rejected' | 'cancelled' | null
    >();
  });

  it('refuse a wrong input', () => {
    expectTypeOf<RouterInputs['developers']['get']>().toEqualTypeOf<{ portal_id: string; developer_id: string }>();
    const { fetch } = serviceOf(empty);
    const { developers, approvals } = createGatehouseClient({ url: 'http://portal.test', token: 't', fetch });
    // Never called: what counts is that it does not compile.
    const wrong = () => [
      // @ts-expect-error no such state
      developers.list.query({ portal_id: 'p', state: 'Gone' }),
      // @ts-expect-error the portal is missing
      developers.list.query({ state: 'Pending' }),
      // @ts-expect-error no such field
      developers.delete.mutate({ portal_id: 'p', developer_id: 'd', force: true }),
    ];
    expect(wrong).toBeTypeOf('function');
    expectTypeOf(approvals.accept).not.toHaveProperty('query');
    expectTypeOf(developers).not.toHaveProperty('remove');
  });
});
