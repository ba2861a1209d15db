import type { TokenKind } from '@gatehouse/contract/token';
import { randomSecret, sha256 } from '../crypto/secret.ts';

const PREFIX: Record<TokenKind, string> = { admin: 'gth_admin_', portal: 'gth_portal_' };
const VISIBLE = 8;

/** A new secret of 256 random bits: shown once; its beginning and its SHA-256 are kept. */
export function newTokenSecret(kind: TokenKind): { token: string; prefix: string; hash: string } {
  const token = `${PREFIX[kind]}${randomSecret()}`;
  return { token, ...keptOf(token, PREFIX[kind].length + VISIBLE) };
}

/** What is kept of a token that an operator has chosen: it may be guessed from its beginning, so less of that is. */
export const keptOf = (token: string, visible = 4): { prefix: string; hash: string } => ({
  prefix: token.slice(0, visible),
  hash: sha256(token),
});
