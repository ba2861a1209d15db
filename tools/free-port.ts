import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from './start-settings.ts';

interface Address {
  host: string;
  port: number;
}

/** Throws StartError unless the api can listen there, or can within `patience` milliseconds. */
export async function assertPortFree(address: Address, patience: number): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    const failure = await tryListen(address);
    if (failure === undefined) return;
    if (failure !== 'EADDRINUSE' || performance.now() > deadline) throw new StartError(explain(address, failure));
    await delay(100);
  }
}

/** Undefined when it worked, else the code of the error. */
function tryListen({ host, port }: Address): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

function explain({ host, port }: Address, failure: string): string {
  const where = `port ${String(port)} of ${host}`;
  if (failure === 'EADDRINUSE') return `Something else listens on ${where}. Set PORT to another one.`;
  if (failure === 'EACCES') return `This user may not listen on ${where}. Set PORT to one above 1023.`;
  return `Cannot listen on ${where} (${failure}). Set HOST and PORT to an address of this machine.`;
}
