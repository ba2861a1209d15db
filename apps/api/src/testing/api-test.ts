import { composeEmails } from '@gatehouse/core/email/compose-email';
import { createToken } from '@gatehouse/core/token/create-token';
import { ensureBootstrapToken } from '@gatehouse/core/token/ensure-bootstrap-token';
import type { Scope } from '@gatehouse/contract/scopes';
import { Email } from '@gatehouse/db/entities/email.entity';
import { createTestDatabase } from '@gatehouse/testing/database';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { openService } from '../service.ts';
import { serve, type TestServer } from './serve.ts';

export const ADMIN = 'adm_the-bootstrap-token-of-these-tests-0123456789';

const PUBLIC_URL = 'http://127.0.0.1:3000';

export interface ApiTest extends TestServer {
  databaseUrl: string;
  /** As the bootstrap admin. */
  api(
    path: string,
    init?: { method?: string; token?: string; json?: unknown; headers?: Record<string, string> },
  ): Promise<Response>;
  /** A new admin token with these scopes. */
  token(scopes: Scope[]): Promise<string>;
  /** The token in the link of the newest mail to this address. */
  mailedToken(to: string): Promise<string>;
  /** Everything that was logged. */
  log(): string;
}

type ApiTestOptions = {
  env?: Record<string, string>;
  /** That of another one, to be its second process. */
  databaseUrl?: string;
};

/** The whole api on a database of its own, until it is disposed of. For tests only. */
export async function apiTest({ env = {}, databaseUrl }: ApiTestOptions = {}): Promise<ApiTest> {
  await using made = new AsyncDisposableStack();
  const url = databaseUrl ?? made.use(await createTestDatabase()).url;
  const config = readConfig({ DATABASE_URL: url, GATEHOUSE_SECRET: 'secret-'.repeat(6), PUBLIC_URL, ...env });
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
  const { listener, orm, clock } = made.use(await openService({ config, logger, isDraining: () => false }));
  const context = () => ({
    em: orm.em,
    actor: { kind: 'system', id: 'test' } as const,
    now: clock(),
    requestId: null,
    settings: config,
  });
  await ensureBootstrapToken.execute(context(), { token: ADMIN });
  const server = made.use(await serve(listener));
  const held = made.move();
  return {
    ...server,
    databaseUrl: url,
    api: (path, { method, token = ADMIN, json, headers = {} } = {}) =>
      server.fetch(path, {
        method: method ?? (json === undefined ? 'GET' : 'POST'),
        headers: {
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      }),
    async token(scopes) {
      const { token } = await createToken.execute(context(), { kind: 'admin', name: 'test', scopes });
      return token;
    },
    async mailedToken(to) {
      const em = orm.em.fork();
      const mail = await em.findOne(Email, { to }, { orderBy: { id: 'desc' } });
      const composed = mail && (await composeEmails({ ...context(), em }, [mail.id])).get(mail.id);
      const [, token = ''] = (composed?.kind === 'mail' && /[?&]token=([\w.-]+)/.exec(composed.text)) || [];
      return token;
    },
    log: () => lines.join(''),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
