import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '@gatehouse/process/start-error';

interface Address {
  host: string;
  port: number;
}

/** The port that the api can listen on: for 0 a free one. Throws StartError where it cannot within `patience` milliseconds. */
export async function usablePort(address: Address, patience: number): Promise<number> {
  const deadline = performance.now() + patience;
  for (;;) {
    const tried = await tryListen(address);
    if ('port' in tried) return tried.port;
    const { failure } = tried;
    if (failure !== 'EADDRINUSE' || performance.now() > deadline) throw new StartError(explain(address, failure));
    await delay(100);
  }
}

/** The port, or the code of the error. */
function tryListen({ host, port }: Address): Promise<{ port: number } | { failure: string }> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ failure: error.code ?? error.message }));
    server.listen(port, host, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve({ port: taken }));
    });
  });
}

function explain({ host, port }: Address, failure: string): string {
  const where = `port ${String(port)} of ${host}`;
  if (failure === 'EADDRINUSE') return `Something else listens on ${where}. Set PORT to another one.`;
  if (failure === 'EACCES') return `This user may not listen on ${where}. Set PORT to one above 1023.`;
  return `Cannot listen on ${where} (${failure}). Set HOST and PORT to an address of this machine.`;
}
