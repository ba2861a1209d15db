import { readFileSync, statSync } from 'node:fs';

/** A numeric user and group, as `spawn` and `chown` expect them. */
export interface Account {
  uid: number;
  gid: number;
}

const nobody: Account = { uid: 65_534, gid: 65_534 };

/**
 * The account of PostgreSQL, which refuses to run as root. Undefined means the account of this process.
 * The owner of an existing cluster has priority, because the server must run as the owner of its files.
 */
export function serverAccount(clusterDir: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = ownerOf(clusterDir);
  if (owner && owner.uid !== 0) return owner;
  return passwdAccount(['postgres', 'node', 'nobody']) ?? nobody;
}

/** Undefined if the path does not exist. */
export function ownerOf(path: string): Account | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && { uid: stats.uid, gid: stats.gid };
}

function passwdAccount(names: readonly string[]): Account | undefined {
  const rows = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of names) {
    const row = rows.find(([rowName]) => rowName === name);
    const account = { uid: Number(row?.[2]), gid: Number(row?.[3]) };
    if (account.uid > 0 && account.gid > 0) return account;
  }
  return undefined;
}
