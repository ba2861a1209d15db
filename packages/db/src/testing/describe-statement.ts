import type pg from 'pg';

export type Column = { name: string; type: string; table: string | null; isNotNull: boolean };
export type Description = { params: string[]; columns: Column[] };

/**
 * Returns what PostgreSQL reports about a prepared statement. Throws PostgreSQL's error if the statement is invalid.
 */
export async function describeStatement(client: pg.ClientBase, text: string): Promise<Description> {
  const { promise, resolve, reject } = Promise.withResolvers<{ params: number[]; fields: pg.FieldDef[] }>();
  let [params, fields]: [number[], pg.FieldDef[]] = [[], []];
  client.query({
    submit(connection: pg.Connection) {
      connection.once('parameterDescription', ({ dataTypeIDs }: { dataTypeIDs: number[] }) => (params = dataTypeIDs));
      connection.parse({ name: '', text, types: [] }, true);
      connection.describe({ type: 'S', name: '' }, true);
      connection.sync();
    },
    handleRowDescription: (message: { fields: pg.FieldDef[] }) => (fields = message.fields),
    handleError: reject,
    handleReadyForQuery: () => resolve({ params, fields }),
  });
  await promise;
  const { rows: types } = await client.query<{ name: string }>(
    'select format_type(oid, null) as name from unnest($1::oid[]) with ordinality as given(oid, n) order by n',
    [[...params, ...fields.map(({ dataTypeID }) => dataTypeID)]],
  );
  const { rows: origins } = await client.query<{ table: string | null; isNotNull: boolean }>(
    `select relname as table, coalesce(attnotnull, false) as "isNotNull"
     from unnest($1::oid[], $2::int[]) with ordinality as given(origin, number, n)
     left join pg_class c on c.oid = origin left join pg_attribute a on attrelid = origin and attnum = number order by n`,
    [fields.map(({ tableID }) => tableID), fields.map(({ columnID }) => columnID)],
  );
  return {
    params: types.slice(0, params.length).map(({ name }) => name),
    columns: fields.map(({ name }, index) => ({
      name,
      type: types[params.length + index]?.name ?? 'unknown',
      ...(origins[index] ?? { table: null, isNotNull: false }),
    })),
  };
}
