import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '@gatehouse/process/start-error';

interface Address {
  host: string;
  port: number;
}

/** The given port, or a free one for 0. Throws StartError if it is not available within `patience` milliseconds. */
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
  if (failure === 'EADDRINUSE') return `Another program listens on ${where}. Set PORT to another port.`;
  if (failure === 'EACCES') return `This user is not allowed to listen on ${where}. Set PORT to a port above 1023.`;
  return `Cannot listen on ${where} (${failure}). Set HOST and PORT to an address of this machine.`;
}
