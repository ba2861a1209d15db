import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOrm } from './orm.ts';
import { statement, Statement, sure, type Parameters } from './statement.ts';
import { createTestDatabase, type TestDatabase } from '@gatehouse/testing/database';
import { statementProblems } from './testing/statement-problems.ts';

let database: TestDatabase;
let orm: MikroORM;
beforeAll(async () => {
  database = await createTestDatabase();
  orm = createOrm({ databaseUrl: database.url, poolSize: 1 });
  await orm.em.fork().execute('create table thing (id int primary key, name text)');
  await orm.em.fork().execute('create table part (thing int not null, size int not null)');
  await orm.em.fork().execute(`insert into thing values (1, 'a'), (2, null)`);
});
afterAll(async () => {
  await orm.close();
  await database[Symbol.asyncDispose]();
});

const id = z.int();
const [uid, size] = [id, id];
const n = sure(id, 'counts and sums of numbers are never null');
const thing = { id, name: z.string().nullable() };
type Claim = { text: string; params?: Parameters; row: z.core.$ZodLooseShape };

describe('the check of a statement', () => {
  it.each<[string, Claim, string[]]>([
    ['nothing', { text: 'select id, name from thing where id = ?', params: ['integer'], row: thing }, []],
    ['a wrong column name', { text: 'select nme from thing', row: thing }, ['column "nme" does not exist']],
    [
      'a wrong column name in row',
      { text: 'select id from thing', row: { uid } },
      ['no column uid', 'row is missing the column id'],
    ],
    ['a wrong type', { text: 'select id from thing', row: { id: z.string() } }, ['id is number (integer), not string']],
    ['a bigint', { text: 'select count(*) as n from thing', row: { n } }, ['n is string (bigint), not number']],
    [
      'a wrong array type',
      { text: `select array['a'] as a`, row: { a: z.array(z.int()).nullable() } },
      ['a is array of string (text[]), not array of number'],
    ],
    [
      'a missing parameter',
      { text: 'select id from thing where id = ? and name = ?', params: ['integer'], row: { id } },
      ['the parameters are integer, text, not integer'],
    ],
    [
      'a wrong parameter',
      { text: 'select id from thing where id = ?', params: ['text'], row: { id } },
      ['the parameters are integer, not text'],
    ],
    ['a nullable column', { text: 'select name from thing', row: { name: z.string() } }, ['name may be null']],
    ['a column that is never null', { text: 'select id from thing', row: { id: id.nullable() } }, ['id is never null']],
    ['an expression', { text: 'select id + 1 as id from thing', row: { id } }, ['id may be null']],
    ['an expression with a reason', { text: 'select id + 1 as n from thing', row: { n } }, []],
    [
      'a left join',
      { text: 'select size from thing left join part on thing = id', row: { size } },
      ['size may be null'],
    ],
    [
      'a left join of a subquery',
      { text: 'select size from thing left join (select * from part) p on thing = id', row: { size } },
      ['size may be null'],
    ],
    ['a right join', { text: 'select id from thing right join part on thing = id', row: { id } }, ['id may be null']],
    [
      'a duplicate column name',
      { text: 'select id, id from thing', row: { id } },
      ['two columns have one name: id, id'],
    ],
  ])('finds %s', async (_what, { params = [], row, text }, problems) => {
    const pool = await orm.em.getConnection().getNativeClient();
    const checked = new Statement({ name: 'checked', text, params, row: z.object(row) });
    expect(await statementProblems(pool, checked)).toEqual(problems);
  });
});

const thingById = statement({
  name: 'test.thing',
  text: 'select id, name from thing where id = ?',
  params: ['integer'],
  row: z.object(thing),
});
const rename = statement({
  name: 'test.rename',
  text: 'update thing set name = ? where id > ?',
  params: ['text', 'integer'],
});

const preparedNames = async () =>
  (await orm.em.fork().execute<{ name: string }[]>('select name from pg_prepared_statements order by name')).map(
    ({ name }) => name,
  );

describe('a statement', () => {
  it('is prepared once, in and outside of transactions, and sees what its transaction changed', async () => {
    await orm.em.fork().transactional(async (em) => {
      expect(await rename.run(em, ['b', 1])).toBe(1);
      expect(await thingById.first(em, [2])).toEqual({ id: 2, name: 'b' });
    });
    expect(await thingById.all(orm.em.fork(), [2])).toEqual([{ id: 2, name: 'b' }]);
    expect(await thingById.first(orm.em.fork(), [3])).toBeUndefined();
    expect(await preparedNames()).toEqual(['test.rename', 'test.thing']);
  });

  it('has a unique name', () => {
    expect(() => statement({ name: 'test.thing', text: 'select', params: [] })).toThrow('two statements');
  });

  it('throws the errors of the ORM', async () => {
    const twice = new Statement({ name: 'twice', text: 'insert into thing values (1)', params: [], row: z.object({}) });
    for (const em of [orm.em.fork(), orm.em.fork()])
      await expect(twice.run(em, [])).rejects.toMatchObject({ name: 'UniqueConstraintViolationException' });
  });

  it('is prepared again after a migration has changed its result type', async () => {
    await thingById.first(orm.em.fork(), [1]);
    await orm.em.fork().execute('alter table thing alter name type varchar(10)');
    expect(await thingById.first(orm.em.fork(), [1])).toEqual({ id: 1, name: 'a' });
    await orm.em.fork().execute('alter table thing alter name type text');
    const inTransaction = () => orm.em.fork().transactional((em) => thingById.first(em, [1]));
    await expect(inTransaction()).rejects.toMatchObject({ code: '0A000' });
    expect(await inTransaction()).toEqual({ id: 1, name: 'a' });
  });

  it('is not prepared behind a pooler that shares connections', async () => {
    const behind = createOrm({ databaseUrl: database.url, poolSize: 1, prepares: false });
    expect(await thingById.first(behind.em.fork(), [1])).toEqual({ id: 1, name: 'a' });
    expect(await behind.em.fork().execute('select name from pg_prepared_statements')).toEqual([]);
    await behind.close();
  });
});
