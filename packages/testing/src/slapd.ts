import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyPair } from './key-pair.ts';
import { SEARCH_PATH } from './programs.ts';
import { freePort, startServer } from './server-process.ts';
import { BASE_DN, SEED, slapdConfig } from './slapd-config.ts';
import type { TestCa } from './test-ca.ts';

/** The programs that `startSlapd` needs, for `hasPrograms`. */
export const SLAPD_PROGRAMS = ['slapd', 'slapadd', 'openssl'] as const;

export type Slapd = AsyncDisposable & { port: number; ldapsPort: number };
type Settings = {
  ca: TestCa;
  /** The server's certificate. The default is a valid one. */
  shows?: KeyPair;
  /** Additional lines of slapd.conf(5). */
  directives?: readonly string[];
};

/** Starts OpenLDAP with the people of `SEED`, by StartTLS on `port` and by TLS on `ldapsPort`. */
export async function startSlapd(settings: Settings): Promise<Slapd> {
  let port = 0;
  const server = await startServer({
    kind: 'slapd',
    async prepare({ port: ldapsPort, directory }) {
      port = await freePort();
      prepare(directory, settings);
      const seed = ['-q', '-f', 'slapd.conf', '-b', BASE_DN, '-l', 'seed.ldif'];
      execFileSync('slapadd', seed, { cwd: directory, env: { PATH: SEARCH_PATH } });
      const urls = `ldap://127.0.0.1:${String(port)} ldaps://127.0.0.1:${String(ldapsPort)}`;
      return { program: 'slapd', args: ['-d', '0', '-f', 'slapd.conf', '-h', urls] };
    },
  });
  return { port, ldapsPort: server.port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
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
