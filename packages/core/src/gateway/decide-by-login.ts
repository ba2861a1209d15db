import { DUMMY_HASH, verifyPassword } from '../crypto/password.ts';
import { decideForHolder, HOLDER_COLUMNS, HOLDER_FROM, HOLDER_ROW, type GatewayDecision } from './gateway-decision.ts';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { GatewayProduct } from './find-gateway-product.ts';
import type { GatewayDatabase } from './gateway-database.ts';
import { gatewayHashes } from './gateway-hashes.ts';

type Context = { database: GatewayDatabase; now: Date };

/** The stored hash that a password matched. While it stays the same, the password need not be hashed again. */
export type Proof = string;

const loginHolders = statement({
  name: 'gateway.login_holders',
  text: `select ${HOLDER_COLUMNS}, secret.password_hash as proof from credential_login secret ${HOLDER_FROM}
  where secret.username = $1 and secret.portal_id = $3 and (secret.expires_at is null or secret.expires_at > $4)
  order by secret.expires_at desc nulls first limit 3`,
  params: ['text', 'uuid', 'uuid', 'timestamp with time zone'],
  row: z.object({ ...HOLDER_ROW, proof: z.string() }),
});

/** The longest username in UTF-16 units. */
const LONGEST = 200;

/** The login with this password, or null. Slow, because it hashes. It does not say whether the holder may pass. */
export async function proveLogin(
  context: Context,
  product: GatewayProduct,
  { username, password }: { username: string; password: string },
): Promise<Proof | null> {
  if (username.length > LONGEST || username.includes('\0')) return null;
  return gatewayHashes(`${product.portalId} ${username}`, async (lane) => {
    const logins = await find(context, product, username);
    for (const { proof } of logins) if (await verifyPassword(proof, password, lane)) return proof;
    if (logins.length === 0) await verifyPassword(DUMMY_HASH, password, lane);
    return null;
  });
}

/** May the holder of this login use this product? `unknown` if the password has changed since it was verified. */
export async function decideByLogin(
  context: Context,
  product: GatewayProduct,
  { username, proof }: { username: string; proof: Proof },
): Promise<GatewayDecision> {
  const login = (await find(context, product, username)).find((each) => each.proof === proof);
  return login ? decideForHolder(login, product, context.now) : { kind: 'unknown', forGood: false };
}

/** During an overlap, two logins have the same username. */
const find = ({ database, now }: Context, product: GatewayProduct, username: string) =>
  database.query(loginHolders, [username, product.id, product.portalId, now]);
