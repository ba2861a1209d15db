import { Problem } from '@gatehouse/contract/problem';
import { fakeApi } from './fake-api.ts';
import { serve } from './serve.ts';

export type Sent = {
  as?: string;
  type?: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
};

export interface FakeServer extends AsyncDisposable {
  call(method: string, path: string, sent?: Sent): Promise<Response>;
}

/** The fake api on a free port. For tests only. */
export async function serveFakeApi(): Promise<FakeServer> {
  const server = await serve(await fakeApi());
  return {
    call(method, path, { as = 'writer', type, body, headers = {} } = {}) {
      const all = { 'x-api-key': as, ...(type === undefined ? {} : { 'content-type': type }), ...headers };
      return server.fetch(`/api${path}`, { method, headers: all, ...(body === undefined ? {} : { body }) });
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export const json = (value: unknown, sent: Sent = {}): Sent => ({
  type: 'application/json',
  body: JSON.stringify(value),
  ...sent,
});

/** Status, code and the paths of the errors: what a caller goes by. */
export async function verdict(response: Response): Promise<string> {
  const { code, errors = [], status } = Problem.parse(await response.json());
  const type = response.headers.get('content-type');
  if (type !== 'application/problem+json; charset=utf-8' || status !== response.status)
    return `not a problem: ${String(type)}`;
  return [status, code, ...errors.map(({ path }) => path)].join(' ');
}
