import { createHash, randomUUID } from 'node:crypto';
import { TOTAL_CAP } from '@gatehouse/contract/page';
import express, { type Request, type Response } from 'express';
import pg from 'pg';
import { pino } from 'pino';
import { z } from 'zod';
import { acceptApproval } from './accept-approval.ts';
import { DEVELOPER, type FloorList, LISTS } from './lists.ts';

/**
 * The floor F: what a program without a framework does for the same answers. It looks the token up, runs the statements
 * and writes a log line. It has no validation, no authorization beyond the token, no limits and no metrics.
 */
async function main(databaseUrl: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  const counters = await countersIn(pool);
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ sync: false }));
  const app = express();
  app.disable('x-powered-by');
  app.use((req, res, next) => {
    const begun = performance.now();
    res.once('close', () => log.info(lineOf(req, res, performance.now() - begun), 'answered'));
    next();
  });
  app.use(async (req, res, next) => {
    const token = await findToken(pool, req);
    if (!token) return void res.status(401).json({ code: 'unauthenticated' });
    res.locals['token'] = token;
    next();
  });
  for (const list of LISTS) {
    const read = reader(pool, list, counters);
    app.get(list.path, async (req, res) => void res.json(await read(valuesOf(req, res))));
  }
  app.get('/api/portals/:portal_id/developers/:developer_id', async (req, res) => {
    const { portal_id, developer_id } = req.params;
    const { rows } = await pool.query({ name: 'developer', text: ONE, values: [portal_id, developer_id] });
    res.status(rows.length > 0 ? 200 : 404).json(rows[0] ?? {});
  });
  app.post('/api/approvals/:approval_id/accept', async (req, res) => {
    const approval = await acceptApproval(pool, req.params.approval_id, Token.parse(res.locals['token']));
    res.status(approval ? 200 : 409).json(approval ?? {});
  });
  const server = app.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object')
      process.send?.({ url: `http://127.0.0.1:${String(address.port)}` });
  });
}

const Token = z.object({ id: z.string(), name: z.string(), kind: z.string(), portal_id: z.string().nullable() });
type Token = z.infer<typeof Token>;

const ONE = `select ${DEVELOPER} from developer d where d.portal_id = $1 and d.developer_id = $2 and d.left_at is null`;
const TOKEN = `select id, name, kind || '_token' as kind, portal_id from token where hash = $1 and (expires_at is null or expires_at > now())`;

async function findToken(pool: pg.Pool, req: Request): Promise<unknown> {
  const secret = req.headers.authorization?.slice('Bearer '.length) ?? '';
  const hash = createHash('sha256').update(secret).digest('hex');
  const { rows } = await pool.query<object>({ name: 'token', text: TOKEN, values: [hash] });
  return rows[0];
}

/** The parameters of the path and the query, and the portal of the token. */
function valuesOf(req: Request, res: Response): Record<string, string> {
  const { portal_id } = Token.parse(res.locals['token']);
  return z
    .record(z.string(), z.string())
    .parse({ ...(portal_id === null ? {} : { portal_id }), ...req.query, ...req.params });
}

function lineOf(req: Request, res: Response, milliseconds: number) {
  const { id, kind } = Token.parse(res.locals['token']);
  return {
    request_id: randomUUID(),
    method: req.method,
    route: req.baseUrl + req.path,
    path: req.path,
    status: res.statusCode,
    duration_ms: Math.round(milliseconds * 100) / 100,
    actor: kind,
    actor_id: id,
  };
}

async function countersIn(pool: pg.Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ relname: string }>(`select relname from pg_class where relname like '%\\_count'`);
  return new Set(rows.map(({ relname }) => relname));
}

type Query = { text: string; values: string[] };

/** Reads a page and its total at the same time, each with a named statement. Searches have none: they need a new plan. */
function reader(pool: pg.Pool, list: FloorList, counters: Set<string>) {
  const run = async (query: Query, isSearch: boolean): Promise<Record<string, unknown>[]> => {
    const name = createHash('sha256').update(query.text).digest('base64url');
    const { rows } = await pool.query<Record<string, unknown>>(isSearch ? query : { name, ...query });
    return rows;
  };
  return async (values: Record<string, string>) => {
    const isSearch = values['search'] !== undefined;
    const { counter } = list;
    const isCounted = counter && counters.has(counter.table) && !isSearch;
    const [rows, counted] = await Promise.all([
      run(pageQuery(list, values), isSearch),
      run(isCounted ? counterQuery(counter, values) : countQuery(list, values), isSearch),
    ]);
    const total = Number(counted[0]?.['n'] ?? 0);
    const page = list.present ? rows.map(list.present) : rows;
    return !isCounted && total > TOTAL_CAP
      ? { list: page, total: TOTAL_CAP, total_capped: true }
      : { list: page, total };
  };
}

function pageQuery(list: FloorList, values: Record<string, string>): Query {
  const { select, from, id, orderBy, after } = list;
  const { page = '1', page_size: size = '10', after_time, after_id } = values;
  const given = conditions(list, values);
  if (after && after_time !== undefined && after_id !== undefined)
    given.push({ sql: after, values: [after_time, after_id] });
  const { text: where, values: taken } = joined(given);
  const end = `order by ${orderBy} limit $${String(taken.length + 1)} offset $${String(taken.length + 2)}`;
  const window = [...taken, size, String((Number(page) - 1) * Number(size))];
  if (page === '1') return { text: `select ${select} from ${from} where ${where} ${end}`, values: window };
  // A far page: the ids come from the index alone.
  const ids = `select ${id} from ${from} where ${where} ${end}`;
  return { text: `select ${select} from ${from} where ${id} in (${ids}) order by ${orderBy}`, values: window };
}

function countQuery(list: FloorList, values: Record<string, string>): Query {
  const { text, values: taken } = joined(conditions(list, values));
  const limit = String(TOTAL_CAP + 1);
  return {
    text: `select count(*) as n from (select 1 from ${list.from} where ${text} limit ${limit}) capped`,
    values: taken,
  };
}

function counterQuery(
  { table, where }: { table: string; where: Record<string, string> },
  values: Record<string, string>,
) {
  const { text, values: taken } = joined(conditions({ where }, values));
  return { text: `select coalesce(sum(n), 0) as n from ${table} where ${text}`, values: taken };
}

type Condition = { sql: string; values: string[] };

const conditions = (
  { where, always }: Pick<FloorList, 'where' | 'always'>,
  values: Record<string, string>,
): Condition[] => [
  ...Object.entries(where).flatMap(([name, sql]) =>
    values[name] === undefined ? [] : [{ sql, values: [values[name]] }],
  ),
  ...(always === undefined ? [] : [{ sql: always, values: [] }]),
];

function joined(given: readonly Condition[]): Query {
  let count = 0;
  const text = given
    .map(({ sql }) => sql)
    .join(' and ')
    .replaceAll('?', () => `$${String((count += 1))}`);
  return { text: text === '' ? 'true' : text, values: given.flatMap(({ values }) => values) };
}

const usage = `Started by npm run bench: the floor F, which answers the same calls with Express and pg alone.`;

if (import.meta.main) {
  const [databaseUrl = '--help'] = process.argv.slice(2);
  process.on('disconnect', () => process.exit(0));
  if (databaseUrl === '--help') process.stdout.write(`${usage}\n`);
  else await main(databaseUrl);
}
