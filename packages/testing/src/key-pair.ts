import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type KeyPair = { privateKey: string; certificate: string };

/** Creates an RSA key and a self-signed certificate, both in PEM. The certificate expires after `days`. */
export function makeKeyPair(name: string, days = 2): KeyPair {
  const directory = mkdtempSync(join(tmpdir(), `gatehouse-key-${String(process.pid)}-`));
  try {
    const [key, crt] = [join(directory, 'key'), join(directory, 'crt')];
    const how = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-sha256', '-days', String(days)];
    execFileSync('openssl', [...how, '-subj', `/CN=${name}`, '-keyout', key, '-out', crt], { stdio: 'ignore' });
    return { privateKey: readFileSync(key, 'utf8'), certificate: readFileSync(crt, 'utf8') };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
