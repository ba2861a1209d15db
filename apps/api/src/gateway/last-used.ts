import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two writes. `last_used_at` is exact to a minute and delays no request. */
const WRITE_EVERY = 30_000;
/** The most rows of one statement. */
const BATCH = 1000;

type CredentialUse = [id: string, at: Date];

export type LastUsed = {
  mark(credentialId: string): void;
  /** Writes the rest. */
  stop(): Promise<void>;
};

type Options = { clock: () => Date; write: (used: CredentialUse[]) => Promise<void> };

/** Collects when each credential last passed, and writes the times periodically. */
export function keepLastUsed({ clock, write }: Options): LastUsed {
  const stopping = new AbortController();
  let marks = new Map<string, number>();

  /** A time that cannot be written is lost, until the credential passes again. */
  async function writeAll(): Promise<void> {
    const used = [...marks].map(([id, at]): CredentialUse => [id, new Date(at)]);
    marks = new Map();
    for (let at = 0; at < used.length; at += BATCH) await write(used.slice(at, at + BATCH)).catch(() => undefined);
  }

  async function writeForEver(): Promise<void> {
    while (!stopping.signal.aborted) {
      await delay(WRITE_EVERY, undefined, { signal: stopping.signal }).catch(() => undefined);
      await writeAll();
    }
  }

  const writing = writeForEver();
  return {
    mark: (credentialId) => void marks.set(credentialId, clock().getTime()),
    async stop() {
      stopping.abort();
      await writing;
    },
  };
}
