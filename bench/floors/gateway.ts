import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { HOLDER_COLUMNS, HOLDER_FROM, type Holder } from '@gatehouse/core/gateway/gateway-decision';
import { sha256 } from '@gatehouse/core/crypto/secret';
import pg from 'pg';
import { z } from 'zod';
import { PORTALS, PRODUCT } from '../data/ids.ts';

const Settings = z.strictObject({
  from: z.enum(['memory', 'database']),
  /** JSON: the holders by key. */
  holders: z.string(),
  databaseUrl: z.string(),
  /** Maximum number of connections. */
  pool: z.number(),
});
export type GatewayFloor = z.infer<typeof Settings>;

const FIND = `select ${HOLDER_COLUMNS} from credential_key secret ${HOLDER_FROM}
  where secret.hash = $1 and d.portal_id = $3`;

const PassFields = z.object({ developerId: z.string(), applicationId: z.string(), credentialId: z.string() });
type PassFields = z.infer<typeof PassFields>;

const keyOf = ({ headers }: IncomingMessage): string => String(headers['apikey']);

function answer(res: ServerResponse, holder: PassFields | undefined): void {
  if (!holder) return void res.writeHead(401, { 'Content-Length': '0' }).end();
  const { developerId, applicationId, credentialId } = holder;
  res.writeHead(200, {
    'X-Developer-Id': developerId,
    'X-Application-Id': applicationId,
    'X-Credential-Id': credentialId,
    'X-Api-Product-Id': PRODUCT,
    'Cache-Control': 'no-store',
    'Content-Length': '0',
  });
  res.end();
}

function fromMemory({ holders }: GatewayFloor): RequestListener {
  const known = z.record(z.string(), PassFields).parse(JSON.parse(readFileSync(holders, 'utf8')));
  const byKey = new Map(Object.entries(known));
  return (req, res) => answer(res, byKey.get(keyOf(req)));
}

function fromDatabase({ databaseUrl, pool: max }: GatewayFloor): RequestListener {
  const pool = new pg.Pool({ connectionString: databaseUrl, max });
  const find = async (key: string): Promise<Holder | undefined> => {
    const values = [sha256(key), PRODUCT, PORTALS.large];
    const { rows } = await pool.query<Holder>({ name: 'find', text: FIND, values });
    return rows[0];
  };
  return (req, res) => {
    find(keyOf(req)).then(
      (holder) => answer(res, holder),
      () => res.destroy(),
    );
  };
}

const usage = `Started by npm run bench: the floor B, a minimal server that answers gateways with node:http alone ("memory") or with one
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
