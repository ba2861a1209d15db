import type { TokenKind } from '@gatehouse/contract/token';
import { randomSecret, sha256 } from '../crypto/secret.ts';

const PREFIX: Record<TokenKind, string> = { admin: 'gth_admin_', portal: 'gth_portal_' };
const VISIBLE = 8;

/** A new secret of 256 random bits. Only its prefix and its SHA-256 are stored. */
export function newTokenSecret(kind: TokenKind): { token: string; prefix: string; hash: string } {
  const token = `${PREFIX[kind]}${randomSecret()}`;
  return { token, ...keptOf(token, PREFIX[kind].length + VISIBLE) };
}

/** The stored parts of a token that an operator chose. Its prefix is short, because it might reveal the rest. */
export const keptOf = (token: string, visible = 4): { prefix: string; hash: string } => ({
  prefix: token.slice(0, visible),
  hash: sha256(token),
});
