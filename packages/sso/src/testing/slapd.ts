import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyPair } from './key-pair.ts';
import { freePort, startPeer } from './peer-process.ts';
import { BASE_DN, SEED, slapdConfig } from './slapd-config.ts';
import type { TestCa } from './test-ca.ts';

/** The programs that `startSlapd` needs, for `hasPrograms`. */
export const SLAPD_PROGRAMS = ['slapd', 'slapadd', 'openssl'] as const;

export type Slapd = AsyncDisposable & { port: number; ldapsPort: number };
type Settings = {
  ca: TestCa;
  /** What it shows; absent: the right certificate. */
  shows?: KeyPair;
  /** Lines of slapd.conf(5). */
  directives?: readonly string[];
};

/** OpenLDAP, by StartTLS on `port` and by TLS on `ldapsPort`, with the people of `SEED`. */
export async function startSlapd(settings: Settings): Promise<Slapd> {
  let port = 0;
  const peer = await startPeer('slapd', null, async ({ port: ldapsPort, directory }) => {
    port = await freePort();
    // Where distributions put servers, which is not on every search path.
    const env = { PATH: `${process.env.PATH ?? ''}:/usr/sbin` };
    prepare(directory, settings);
    const seed = ['-q', '-f', 'slapd.conf', '-b', BASE_DN, '-l', 'seed.ldif'];
    execFileSync('slapadd', seed, { cwd: directory, env });
    const urls = `ldap://127.0.0.1:${String(port)} ldaps://127.0.0.1:${String(ldapsPort)}`;
    return { program: 'slapd', args: ['-d', '0', '-f', 'slapd.conf', '-h', urls], env };
  });
  return { port, ldapsPort: peer.port, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
}

function prepare(directory: string, { ca, shows = ca.server, directives = [] }: Settings): void {
  const files = {
    'slapd.conf': slapdConfig(directory, directives),
    'seed.ldif': SEED,
    'ca.crt': ca.certificate,
    'server.crt': shows.certificate,
    'server.key': shows.privateKey,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  mkdirSync(join(directory, 'db'));
}
