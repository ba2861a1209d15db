import { startNginx } from './nginx.ts';

export type StrippingProxy = AsyncDisposable & { url: string };

/** nginx that answers below `prefix` alone and strips it, in front of `target` (`host:port`). */
export async function startStrippingProxy(prefix: string, target: string): Promise<StrippingProxy> {
  // Without proxy_redirect: addresses must already be right when they leave Gatehouse.
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
