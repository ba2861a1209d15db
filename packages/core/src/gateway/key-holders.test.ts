import { ApiProductId, PortalId } from '@gatehouse/contract/ids';
import { expect, it } from 'vitest';
import type { GatewayProduct } from './find-gateway-product.ts';
import { KeyHolders } from './key-holders.ts';

const product = (id: string): GatewayProduct => ({
  id: ApiProductId.parse(id),
  portalId: PortalId.parse('portal'),
  auth: {},
});

/** A database whose answers the test sends, one for each statement. */
function slowDatabase() {
  const asked: { hashes: unknown; product: unknown; answer(rows: object[]): void; fail(): void }[] = [];
  return {
    asked,
    database: {
      query: <Row extends object>(_statement: unknown, [hashes, id]: readonly unknown[]) =>
        new Promise<Row[]>((resolve, reject) => {
          // The rows of a real database are untyped too.
          const answer = (rows: object[]): void => void Reflect.apply(resolve, undefined, [rows]);
          asked.push({ hashes, product: id, answer, fail: () => reject(new Error('gone')) });
        }),
    },
  };
}
const holderOf = (hash: string) => ({ hash, credentialId: `of ${hash}` });
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('queries single keys while few calls run, and then several keys of one API product together', async () => {
  const { asked, database } = slowDatabase();
  const holders = new KeyHolders(database);
  const [one, two] = [product('one'), product('two')];
  const found = ['a', 'b', 'c', 'd', 'e'].map((hash) => holders.find(one, hash));
  const other = holders.find(two, 'f');
  expect(asked.map(({ hashes }) => hashes)).toEqual(['a', 'b', 'c']);

  asked[0]?.answer([holderOf('a')]);
  await settled();
  expect(asked.slice(3)).toMatchObject([{ hashes: 'd e', product: 'one' }]);
  asked[3]?.answer([holderOf('e')]);
  await settled();
  expect(asked.slice(4)).toMatchObject([{ hashes: 'f', product: 'two' }]);
  for (const { answer } of asked.slice(1)) answer([holderOf('f')]);

  expect(await found[0]).toMatchObject({ credentialId: 'of a' });
  expect(await found[3]).toBeUndefined();
  expect(await found[4]).toMatchObject({ credentialId: 'of e' });
  expect(await other).toMatchObject({ credentialId: 'of f' });
});

it('rejects all waiting calls when the database fails, and continues', async () => {
  const { asked, database } = slowDatabase();
  const holders = new KeyHolders(database);
  const failing = ['a', 'b', 'c', 'd', 'e'].map((hash) => holders.find(product('one'), hash));
  const outcomes = Promise.allSettled(failing);
  for (const { fail } of asked) fail();
  await settled();
  asked[3]?.fail();
  expect((await outcomes).map(({ status }) => status)).toEqual(failing.map(() => 'rejected'));
  const next = holders.find(product('one'), 'z');
  asked.at(-1)?.answer([holderOf('z')]);
  expect(await next).toMatchObject({ credentialId: 'of z' });
});

it('rejects calls when too many are waiting', async () => {
  const { database } = slowDatabase();
  const holders = new KeyHolders(database);
  for (let n = 0; n < 2003; n += 1) void holders.find(product('one'), String(n));
  await expect(holders.find(product('one'), 'x')).rejects.toMatchObject({ code: 'overloaded' });
});
