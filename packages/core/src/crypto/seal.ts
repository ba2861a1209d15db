import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import type { Settings } from '../kernel/context.ts';
import { deriveKey } from './secret.ts';

type Keys = Pick<Settings, 'secret' | 'previousSecret'>;

/** `about` is authenticated with the secret, so that a secret of one record cannot be opened as another's. */
export type Seal = {
  seal(plain: string, about: string): string;
  /** Null if no known secret of this installation sealed it. */
  open(sealed: string, about: string): string | null;
  /** False if a former secret sealed it. */
  isCurrent(sealed: string): boolean;
};

const VERSION = 's1';

/** AES-256-GCM with a key per purpose. The result starts with the key's name, so that secrets can be rotated. */
export function sealer({ secret, previousSecret }: Keys, purpose: string): Seal {
  const current = keyOf(secret, purpose);
  const keys = [current, ...(previousSecret === null ? [] : [keyOf(previousSecret, purpose)])];
  return {
    seal(plain, about) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce).setAAD(Buffer.from(about));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [VERSION, current.name, nonce.toString('base64url'), text.toString('base64url')].join('.');
    },
    open(sealed, about) {
      const [version, name, nonce = '', text = ''] = sealed.split('.');
      const key = keys.find((candidate) => candidate.name === name)?.key;
      return version === VERSION && key ? decipher({ key, nonce, text, about }) : null;
    },
    isCurrent: (sealed) => sealed.startsWith(`${VERSION}.${current.name}.`),
  };
}

function keyOf(secret: string, purpose: string): { key: Buffer; name: string } {
  const key = deriveKey(secret, `seal ${purpose}`);
  return { key, name: hash('sha256', key, 'base64url').slice(0, 8) };
}

/** Null unless the text is exactly what encoding produces. Node also accepts base64url with a wrong ending. */
function bytesOf(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

type SealedText = { key: Buffer; nonce: string; text: string; about: string };

function decipher({ key, nonce, text, about }: SealedText): string | null {
  const [iv, bytes] = [bytesOf(nonce), bytesOf(text)];
  if (iv?.length !== 12 || !bytes || bytes.length < 16) return null;
  const opened = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
  opened.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-16));
  try {
    return Buffer.concat([opened.update(bytes.subarray(0, -16)), opened.final()]).toString('utf8');
  } catch {
    return null;
  }
}
