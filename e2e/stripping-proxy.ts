import { startNginx } from './nginx.ts';

export type StrippingProxy = AsyncDisposable & { url: string };

/** Starts an nginx in front of `target` (`host:port`) that answers only below `prefix` and strips it. */
export async function startStrippingProxy(prefix: string, target: string): Promise<StrippingProxy> {
  // Without proxy_redirect, because the URLs of Gatehouse must be correct without it.
  const server = await startNginx(
    ({ port }) => `
      access_log off;
      server {
        listen 127.0.0.1:${String(port)};
        location ${prefix}/ {
          proxy_pass http://${target}/;
          proxy_redirect off;
        }
      }`,
  );
  return {
    url: `http://127.0.0.1:${String(server.port)}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
