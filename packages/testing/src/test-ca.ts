import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyPair } from './key-pair.ts';

export type TestCa = { certificate: string; server: KeyPair; misnamed: KeyPair; expired: KeyPair; client: KeyPair };

/** Creates a certificate authority and certificates that it has signed, in PEM, for localhost and 127.0.0.1. */
export function makeTestCa(): TestCa {
  const directory = mkdtempSync(join(tmpdir(), `gatehouse-ca-${String(process.pid)}-`));
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: directory, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const pair = (name: string): KeyPair => ({
    privateKey: readFileSync(at(`${name}.key`), 'utf8'),
    certificate: readFileSync(at(`${name}.crt`), 'utf8'),
  });
  const issue = (name: string, extensions: string, validity = ['-days', '2']): KeyPair => {
    writeFileSync(at('extensions'), `basicConstraints=CA:FALSE\n${extensions}`);
    openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const files = ['-in', `${name}.csr`, '-out', `${name}.crt`, '-extfile', 'extensions'];
    openssl('x509', '-req', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', ...files, ...validity);
    return pair(name);
  };
  const ours = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  try {
    openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=Test CA', '-keyout', 'ca.key', '-out', 'ca.crt');
    return {
      certificate: pair('ca').certificate,
      server: issue('server', ours),
      misnamed: issue('misnamed', 'subjectAltName=DNS:ldap.example.test'),
      expired: issue('expired', ours, ['-days', '-1']),
      client: issue('client', 'extendedKeyUsage=clientAuth'),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
