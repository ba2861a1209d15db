import { createServer, type RequestListener } from 'node:http';
import { listen } from '@gatehouse/testing/listen';

export interface TestServer extends AsyncDisposable {
  url: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** An app on a free port, until it is disposed of. For tests only. */
export async function serve(app: RequestListener): Promise<TestServer> {
  const server = createServer(app);
  const url = `http://127.0.0.1:${String(await listen(server))}`;
  return {
    url,
    fetch: (path, init) => fetch(`${url}${path}`, { redirect: 'manual', ...init }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The members of a JSON object, for assertions on them. */
export async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  const body: unknown = await response.json();
  if (typeof body !== 'object' || body === null) throw new Error('not a JSON object');
  return Object.fromEntries(Object.entries(body));
}
