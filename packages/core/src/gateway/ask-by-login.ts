import { NOBODYS_HASH, verifyPassword } from '../password.ts';
import { answerFor, HOLDER_COLUMNS, HOLDER_FROM, type Answer, type Holder } from './answer.ts';
import type { GatewayProduct } from './find-gateway-product.ts';
import type { GatewayDatabase } from './gateway-database.ts';
import { gatewayHashes } from './gateway-hashes.ts';

type Context = { database: GatewayDatabase; now: Date };
type Login = { username: string; password: string };

const FIND = `select ${HOLDER_COLUMNS}, secret.password_hash as "passwordHash" from credential_login secret ${HOLDER_FROM}
  where secret.username = $1 and secret.portal_id = $3 and (secret.expires_at is null or secret.expires_at > $4)
  order by secret.expires_at desc nulls first limit 3`;

/** UTF-16 units: no username is longer, and PostgreSQL knows no text with a NUL. */
const LONGEST = 200;

/** May the holder of this username and password use this product? While one replaces another, either may. */
export async function askByLogin(
  { database, now }: Context,
  product: GatewayProduct,
  { username, password }: Login,
): Promise<Answer> {
  if (username.length > LONGEST || username.includes('\0')) return { kind: 'malformed' };
  return gatewayHashes(`${product.portalId} ${username}`, async (pool) => {
    const logins = await database.query<Holder & { passwordHash: string }>({
      name: 'gateway_login',
      text: FIND,
      values: [username, product.id, product.portalId, now],
    });
    for (const { passwordHash, ...holder } of logins) {
      if (await verifyPassword(passwordHash, password, pool)) return answerFor(holder, product, now);
    }
    if (logins.length === 0) await verifyPassword(NOBODYS_HASH, password, pool);
    return { kind: 'unknown', forGood: false };
  });
}
