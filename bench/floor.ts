import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { HOLDER_COLUMNS, HOLDER_FROM, type Holder } from '@gatehouse/core/gateway/gateway-decision';
import { sha256 } from '@gatehouse/core/crypto/secret';
import pg from 'pg';
import { z } from 'zod';
import { holderAt } from './holder.ts';

const Settings = z.strictObject({
  from: z.enum(['memory', 'database']),
  /** One key per line; the first `known` keys belong to a developer. */
  keysFile: z.string(),
  known: z.number(),
  databaseUrl: z.string(),
  /** Maximum number of connections. */
  pool: z.number(),
  portalId: z.string(),
  apiProductId: z.string(),
});
export type FloorSettings = z.infer<typeof Settings>;

const FIND = `select ${HOLDER_COLUMNS} from credential_key secret ${HOLDER_FROM}
  where secret.hash = $1 and d.portal_id = $3`;

type PassFields = Record<'developerId' | 'applicationId' | 'credentialId', string>;

const keyOf = ({ headers }: IncomingMessage): string => String(headers['apikey']);

function answer(res: ServerResponse, holder: PassFields | undefined, apiProductId: string): void {
  if (!holder) return void res.writeHead(401, { 'Content-Length': '0' }).end();
  const { developerId, applicationId, credentialId } = holder;
  res.writeHead(200, {
    'X-Developer-Id': developerId,
    'X-Application-Id': applicationId,
    'X-Credential-Id': credentialId,
    'X-Api-Product-Id': apiProductId,
    'Cache-Control': 'no-store',
    'Content-Length': '0',
  });
  res.end();
}

function fromMemory({ keysFile, known, apiProductId }: FloorSettings): RequestListener {
  const keys = readFileSync(keysFile, 'utf8').split('\n').slice(0, known);
  const holders = new Map(keys.map((key, n) => [key, holderAt(n)]));
  return (req, res) => answer(res, holders.get(keyOf(req)), apiProductId);
}

function fromDatabase({ databaseUrl, pool: max, apiProductId, portalId }: FloorSettings): RequestListener {
  const pool = new pg.Pool({ connectionString: databaseUrl, max });
  const find = async (key: string): Promise<Holder | undefined> => {
    const values = [sha256(key), apiProductId, portalId];
    const { rows } = await pool.query<Holder>({ name: 'find', text: FIND, values });
    return rows[0];
  };
  return (req, res) => {
    find(keyOf(req)).then(
      (holder) => answer(res, holder, apiProductId),
      () => res.destroy(),
    );
  };
}

const usage = `Started by npm run bench: a minimal server that answers gateways, with only node:http ("memory") or with one
prepared query ("database"). It has no product, checksum, expiry, revocation, log or metrics.`;

/** Runs until its parent process exits. */
function main(argument: string): void {
  if (argument === '--help') return void process.stdout.write(`${usage}\n`);
  const settings = Settings.parse(JSON.parse(argument));
  const server = createServer(settings.from === 'memory' ? fromMemory(settings) : fromDatabase(settings));
  process.on('disconnect', () => process.exit(0));
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object')
      process.send?.({ url: `http://127.0.0.1:${String(address.port)}` });
  });
}

if (import.meta.main) main(process.argv[2] ?? '--help');
