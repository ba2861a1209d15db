import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createScratchDirectory } from '@gatehouse/testing/scratch-directory';
import { freePort } from '@gatehouse/sso/testing/peer-process';
import { findGateway } from './gateway-server.ts';
import { comesUp, stopProgram } from './program.ts';

export type StrippingProxy = AsyncDisposable & { url: string };

/** nginx that answers below `prefix` alone and strips it, in front of `target` (`host:port`). */
export async function startStrippingProxy(prefix: string, target: string): Promise<StrippingProxy> {
  const binary = findGateway('nginx');
  if (!binary) throw new Error('TEST_GATEWAYS=required, but there is no nginx.');
  const directory = createScratchDirectory('proxy');
  const port = await freePort();
  const server = run(binary, directory, configuration({ prefix, target, port, directory }));
  if (!(await comesUp(server, port))) throw new Error('nginx did not start.');
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await stopProgram(server);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

type Settings = { prefix: string; target: string; port: number; directory: string };

const configuration = ({ prefix, target, port, directory }: Settings): string => `
daemon off; pid ${directory}/nginx.pid; worker_processes 1; error_log stderr;
events {}
http {
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${directory}/${kind};`).join(' ')}
  access_log off;
  server {
    listen 127.0.0.1:${port};
    location ${prefix}/ {
      proxy_pass http://${target}/;
      # Addresses must be right as they leave Gatehouse.
      proxy_redirect off;
    }
  }
}`;

function run(binary: string, directory: string, text: string): ChildProcess {
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, text);
  return spawn(binary, ['-e', 'stderr', '-p', directory, '-c', file], { cwd: directory, stdio: 'ignore' });
}
