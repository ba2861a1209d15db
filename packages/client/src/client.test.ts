import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  createGatehouseClient,
  GatehouseCallError,
  problemOf,
  type RouterInputs,
  type RouterOutputs,
} from './index.ts';

type Sent = { url: URL; method: string | undefined; authorization: string | null };

/** A service that gives every call of a batch the same answer, and the requests it received. */
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

const empty = { result: { data: { list: [], total: 0 } } };

describe('createGatehouseClient', () => {
  it.each([
    ['http://portal.test', '/trpc/developers.list'],
    ['http://portal.test/', '/trpc/developers.list'],
    ['http://portal.test/gatehouse/', '/gatehouse/trpc/developers.list'],
  ])('sends requests below %s with the token', async (url, pathname) => {
    const { sent, fetch } = serviceOf(empty);
    const client = createGatehouseClient({ url, token: 't-1', fetch });
    expect(await client.developers.list.query({ portal_id: 'p' })).toEqual({ list: [], total: 0 });
    expect(sent).toMatchObject([{ url: { pathname }, method: 'GET', authorization: 'Bearer t-1' }]);
  });

  it('sends the calls of one tick together, at most 20 in a request', async () => {
    const { sent, fetch } = serviceOf(empty);
    const client = createGatehouseClient({ url: 'http://portal.test', token: 't', fetch });
    await Promise.all(Array.from({ length: 45 }, (_, page) => client.portals.list.query({ page: page + 1 })));
    expect(sent.map(({ url }) => url.pathname.split(',').length)).toEqual([20, 20, 5]);
  });

  it('splits a batch before its URL becomes too long', async () => {
    const { sent, fetch } = serviceOf(empty);
    const client = createGatehouseClient({ url: 'http://portal.test', token: 't', fetch });
    const search = 'x'.repeat(1000);
    await Promise.all(Array.from({ length: 10 }, () => client.portals.list.query({ search })));
    expect(sent.length).toBeGreaterThan(1);
    expect(Math.max(...sent.map(({ url }) => url.href.length))).toBeLessThanOrEqual(7_000);
  });

  it('rejects with the problem document of the service', async () => {
    const { fetch, sent } = serviceOf(
      { error: { code: -32_004, message: 'No such approval.', data: { problem: PROBLEM } } },
      404,
    );
    const client = createGatehouseClient({ url: 'http://portal.test', token: 't', fetch });
    const error: unknown = await client.approvals.accept
      .mutate({ approval_id: 'a' })
      .catch((thrown: unknown) => thrown);
    expect(problemOf(error)).toEqual(PROBLEM);
    expect(sent).toMatchObject([{ method: 'POST' }]);
  });

  it('does not mistake the response of a proxy for one of the service', async () => {
    const fetch = () => Promise.resolve(Response.json({ code: 'bad_gateway' }, { status: 502 }));
    const client = createGatehouseClient({ url: 'http://portal.test', token: 't', fetch });
    const error: unknown = await client.portals.list.query({}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'GatehouseCallError', status: 502, problem: null, retryAfterSeconds: null });
    expect(problemOf(error)).toBeNull();
  });
});

describe('the caller', () => {
  const answering = () => {
    const requests: Request[] = [];
    const answer: typeof fetch = (input, init) => {
      requests.push(new Request(input, init));
      return Promise.resolve(Response.json([{ result: { data: { list: [], total: 0 } } }]));
    };
    return { requests, fetch: answer };
  };
  type Options = Omit<Parameters<typeof createGatehouseClient>[0], 'url' | 'fetch'>;
  const headersWith = async (options: Options) => {
    const { requests, fetch } = answering();
    await createGatehouseClient({ url: 'http://portal.test', fetch, ...options }).portals.list.query();
    const [request] = requests;
    return { headers: Object.fromEntries(request?.headers ?? []), credentials: request?.credentials };
  };

  it.each<[string, Options]>([
    ['no token', {}],
    ['an empty token', { token: '' }],
    ['a function that returns null', { token: () => null }],
  ])('is not identified with %s', async (_, options) => {
    expect((await headersWith(options)).headers).not.toHaveProperty('authorization');
  });

  it('is identified by a token, also an asynchronous one, and by headers', async () => {
    const token = 'Bearer t';
    expect((await headersWith({ token: 't' })).headers).toMatchObject({ authorization: token });
    expect((await headersWith({ token: () => 't' })).headers).toMatchObject({ authorization: token });
    const later = { token: () => Promise.resolve('t'), headers: () => Promise.resolve({ 'X-Trace': 'a' }) };
    expect((await headersWith(later)).headers).toMatchObject({ authorization: token, 'x-trace': 'a' });
    const headers = { AUTHORIZATION: 'Basic x', 'X-Trace': 'b' };
    expect((await headersWith({ token: 't', headers })).headers).toMatchObject({
      authorization: token,
      'x-trace': 'b',
    });
    expect((await headersWith({ headers })).headers).toMatchObject({ authorization: 'Basic x' });
  });

  it('is identified by cookies if credentials allow them', async () => {
    expect((await headersWith({ credentials: 'include' })).credentials).toBe('include');
  });

  it('gets the error of the token function before anything is sent', async () => {
    const { requests, fetch } = answering();
    const token = () => Promise.reject(new Error('signed out'));
    const client = createGatehouseClient({ url: 'http://portal.test', fetch, token });
    await expect(client.portals.list.query()).rejects.toThrow('signed out');
    expect(requests).toEqual([]);
  });
});

describe('a signal', () => {
  it('ends its own call immediately, but no other call of the same tick', async () => {
    const server = createServer((request, response) => {
      if (request.url?.includes('portals.get')) return;
      response.setHeader('Content-Type', 'application/json');
      const batch = request.url?.includes('batch=1') === true;
      response.end(JSON.stringify(batch ? [empty, empty] : empty));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const client = createGatehouseClient({ url: `http://127.0.0.1:${port}` });
    const leaving = new AbortController();
    const others = [
      client.portals.list.query(),
      client.portals.list.query({}, { signal: new AbortController().signal }),
      client.portals.list.query(),
    ];
    const left = client.portals.get
      .query({ portal_id: 'p' }, { signal: leaving.signal })
      .catch((thrown: unknown) => thrown);
    expect(await Promise.all(others)).toHaveLength(3);
    leaving.abort();
    expect(await left).toMatchObject({ name: 'GatehouseCallError', status: null, cause: { name: 'AbortError' } });
    await expect(client.portals.list.query({}, { signal: leaving.signal })).rejects.toBeInstanceOf(GatehouseCallError);
    const late = client.portals.get.query({ portal_id: 'p' }, { signal: AbortSignal.timeout(20) });
    await expect(late).rejects.toBeInstanceOf(GatehouseCallError);
    server.closeAllConnections();
    server.close();
  });
});

describe('the types', () => {
  it('describe the result of a call', () => {
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

  it('allow omitting an input whose fields are all optional', () => {
    const { fetch } = serviceOf(empty);
    const { portals, developers, me, auth } = createGatehouseClient({ url: 'http://portal.test', fetch });
    // Only compiled, never called.
    const calls = () => [
      portals.list.query(),
      me.get.query(),
      // @ts-expect-error the portal is missing
      developers.list.query(),
      // @ts-expect-error all fields are missing
      auth.register.mutate(),
    ];
    expect(calls).toBeTypeOf('function');
  });

  it('reject a wrong input', () => {
    expectTypeOf<RouterInputs['developers']['get']>().toEqualTypeOf<{ portal_id: string; developer_id: string }>();
    const { fetch } = serviceOf(empty);
    const { developers, approvals } = createGatehouseClient({ url: 'http://portal.test', token: 't', fetch });
    // Only compiled, never called.
    const wrong = () => [
      // @ts-expect-error the state does not exist
      developers.list.query({ portal_id: 'p', state: 'Gone' }),
      // @ts-expect-error the portal is missing
      developers.list.query({ state: 'Pending' }),
      // @ts-expect-error the field does not exist
      developers.delete.mutate({ portal_id: 'p', developer_id: 'd', force: true }),
    ];
    expect(wrong).toBeTypeOf('function');
    expectTypeOf(approvals.accept).not.toHaveProperty('query');
    expectTypeOf(developers).not.toHaveProperty('remove');
  });
});
