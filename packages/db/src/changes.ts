import { prepareAtMost } from '@gatehouse/postgres/prepared';
import { ChangeSetType, type AnyEntity, type ChangeSet, type EntityMetadata } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';

export type Query = { sql: string; parameters: readonly unknown[] };
type Change = ChangeSet<AnyEntity>;

/** The most rows of one `insert`, which has a limited number of parameters. */
const MOST_ROWS = 500;

const prepare = prepareAtMost(200);

/**
 * Statements that write everything that has changed since the entities were read. MikroORM finds the changes, but its own
 * statements would cost a round trip each, and PostgreSQL would plan them each time.
 */
export function changesOf(em: EntityManager): Query[] {
  const work = em.getUnitOfWork();
  work.computeChangeSets();
  const changes = work.getChangeSets().toSorted((a, b) => rankOf(a.meta) - rankOf(b.meta));
  const of = (type: ChangeSetType): Change[] => changes.filter((change) => change.type === type);
  return [
    // "Early" changes make room for a new entity with the same key.
    ...of(ChangeSetType.DELETE_EARLY).toReversed().map(removal),
    ...of(ChangeSetType.UPDATE_EARLY).map(update),
    ...inserts(of(ChangeSetType.CREATE)),
    ...of(ChangeSetType.UPDATE).map(update),
    ...of(ChangeSetType.DELETE).toReversed().map(removal),
  ];
}

/** Lower for entities that others refer to, so that the foreign keys hold after each statement. */
const rankOf = (meta: EntityMetadata): number =>
  Math.max(0, ...meta.relations.map(({ targetMeta }) => (targetMeta ? rankOf(targetMeta) + 1 : 0)));

/** Entities that set the same columns share a statement. */
function inserts(changes: Change[]): Query[] {
  const groups = Map.groupBy(changes, ({ meta, payload }) => {
    const columns = Object.keys(payload).map((property) => columnOf(meta, property));
    return `insert into ${quoted(meta.tableName)} (${columns.join(', ')}) values `;
  });
  return [...groups].flatMap(([head, group]) => chunks(group).map((chunk) => insert(head, chunk)));
}

function insert(head: string, changes: Change[]): Query {
  const parameters: unknown[] = [];
  const rows = changes.map(
    ({ payload }) =>
      `(${Object.values(payload)
        .map((value) => `$${parameters.push(value)}`)
        .join(', ')})`,
  );
  const sql = head + rows.join(', ');
  if (changes.length <= 2) prepare(sql);
  return { sql, parameters };
}

const chunks = (changes: Change[]): Change[][] =>
  Array.from({ length: Math.ceil(changes.length / MOST_ROWS) }, (_, index) =>
    changes.slice(index * MOST_ROWS, (index + 1) * MOST_ROWS),
  );

function update(change: Change): Query {
  const { meta, payload } = change;
  const assigned = Object.keys(payload).map((property, index) => `${columnOf(meta, property)} = $${index + 1}`);
  const values: unknown[] = Object.values(payload);
  const key = keyOf(change, values.length);
  return prepared(`update ${quoted(meta.tableName)} set ${assigned.join(', ')} where ${key.condition}`, [
    ...values,
    ...key.values,
  ]);
}

function removal(change: Change): Query {
  const { condition, values } = keyOf(change, 0);
  return prepared(`delete from ${quoted(change.meta.tableName)} where ${condition}`, values);
}

function keyOf(change: Change, before: number): { condition: string; values: unknown[] } {
  const key = change.getPrimaryKey(true);
  if (key === null || typeof key !== 'object') throw new Error(`a changed ${change.meta.className} has no key`);
  const parts = Object.keys(key).map(
    (property, index) => `${columnOf(change.meta, property)} = $${before + index + 1}`,
  );
  return { condition: parts.join(' and '), values: Object.values(key) };
}

function prepared(sql: string, parameters: readonly unknown[]): Query {
  prepare(sql);
  return { sql, parameters };
}

function columnOf(meta: EntityMetadata, property: string): string {
  const name = meta.props.find((prop) => prop.name === property)?.fieldNames[0];
  if (name === undefined) throw new Error(`${meta.className} has no column for ${property}`);
  return quoted(name);
}

const quoted = (name: string): string => `"${name}"`;
