import { GatehouseError } from '@gatehouse/contract/errors';
import { z } from 'zod';
import { sha256, signer } from '../crypto/secret.ts';

/** A position in a list: the sort key and id of the last row. */
export type Position = { sort: string | null; id: string };

const Payload = z.tuple([z.string().nullable(), z.string()]);

const purpose = 'cursor';

/** Opaque to the caller. The signature binds it to one filter and order. */
export function writeCursor(secret: string, { binding, position }: { binding: string; position: Position }): string {
  const payload = Buffer.from(JSON.stringify([position.sort, position.id])).toString('base64url');
  return `${payload}.${signer(secret, purpose).sign(`${payload}.${sha256(binding)}`)}`;
}

export function readCursor(secret: string, { cursor, binding }: { cursor: string; binding: string }): Position {
  const [payload = '', signature = ''] = cursor.split('.');
  if (!signer(secret, purpose).verify(`${payload}.${sha256(binding)}`, signature)) throw foreignCursor();
  const [sort, id] = Payload.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  return { sort, id };
}

const foreignCursor = (): GatehouseError =>
  new GatehouseError(
    'invalid_input',
    'The cursor does not belong to this filter and order. Start again with an empty cursor.',
    {
      issues: [{ path: '/cursor', message: 'Must be a cursor for this filter and order', code: 'custom' }],
    },
  );
