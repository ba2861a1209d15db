import { DUMMY_HASH } from '@gatehouse/core/crypto/password';
import { PORTALS, PRODUCT } from './ids.ts';

/** `select` makes the rows from `n`, the numbers of the rows, and names each column as the table does. */
export type Table = { name: string; rows: number; select: string };

/** Row ids are made of a time, the number of the row, and one of these kinds. */
const KIND = { developer: 0, application: 1, credential: 2, subscription: 3, approval: 4, event: 5, email: 6 } as const;

const id = (kind: keyof typeof KIND, made: string, n: string): string =>
  `pg_temp.row_id(${String(KIND[kind])}, ${made}, ${n})`;

/**
 * The developers of a data set, as a temporary table. They register evenly over two years. Of 20 in a row, 14 belong to
 * the large portal, 5 to the medium and 1 to the small one, and one is Pending. 20 in all have a name that occurs nowhere
 * else.
 */
export const persons = (developers: number): string => `
  create temporary table person as
  select n, ${id('developer', 'made', 'n')} as id, made, first, last, 'dev_' || substr(md5(n::text), 1, 20) as developer_id,
    first || '.' || last || n as username, initcap(first || ' ' || last) as name,
    (case when n % 20 < 14 then '${PORTALS.large}' when n % 20 < 19 then '${PORTALS.medium}' else '${PORTALS.small}' end)::uuid as portal_id,
    case when n % 20 = n / 20 % 20 then 'Pending' when n % 100 = 8 then 'Suspended' else 'Active' end as state
  from (select n, pg_temp.first_name(n) as first,
    case when n % ${String(developers / 20)} = 7 then 'quizzwyx' else pg_temp.last_name(n) end as last,
    now() - interval '1 day' - interval '2 years' * ((${String(developers)} - n)::float8 / ${String(developers)}) as made
    from generate_series(0, ${String(developers - 1)}::bigint) n) named`;

const DEVELOPER = `
  select id, portal_id, developer_id, username, username as username_key, name, email, email as email_key,
    n % 25 <> 1 or state = 'Pending' as email_verified, state, provider,
    case when n % 5 = 4 then '{}' else jsonb_build_object('team', pg_temp.topic(n, 20), 'region', 'eu-' || n % 7) end as labels,
    case when last = 'quizzwyx' then '{"tier": "patron"}'::jsonb when n % 20 = 3 then '{"tier": "gold"}' else '{}' end as admin_labels,
    case when provider = 'builtin' then '${DUMMY_HASH}' end as password_hash,
    n % 50 = 6 and state = 'Active' as must_change_password,
    case when n % 10 < 7 then made + pg_temp.pick(n, 21, 86400) * interval '1 second' end as last_active_at,
    made as created_at, made as updated_at
  from (select *, case when n % 5 = 2 then 'sso' else 'builtin' end as provider,
    case when n % 33 <> 5 then username || '@' || pg_temp.topic(n, 22) || '.example.' || (array['org', 'com', 'net'])[1 + n % 3] end as email
    from n join person using (n)) person`;

/** Two for each developer. */
const application = (developers: number): string => `
  select ${id('application', 'made', 'n.n')} as id, p.id as developer_uid, portal_id,
    pg_temp.topic(n.n, 30) || ' ' || pg_temp.form(n.n, 31) as name,
    case when n.n % 2 = 0 then '' else 'The ' || pg_temp.form(n.n, 32) || ' for ' || pg_temp.topic(n.n, 33) || ' of ' || name end as "desc",
    ${labels('n.n', 3)} as labels, made as created_at, made + n.n % 1440 * interval '1 minute' as updated_at
  from n join person p on p.n = n.n % ${String(developers)}`;

/** One for each application, and a second one for the first application of each developer. */
const credential = (developers: number): string => `
  select ${id('credential', 'made', 'n.n')} as id, ${id('application', 'made', `n.n % ${String(2 * developers)}`)} as application_id,
    p.id as developer_uid, portal_id, 'key-auth' as type, pg_temp.form(n.n, 40) || ' key ' || n.n % 10 as name, ${labels('n.n', 4)} as labels,
    'gtk_' || substr(md5(n.n::text), 1, 8) as prefix,
    case when n.n % 3 > 0 then made + interval '1 hour' end as last_used_at,
    made as created_at, made + n.n % 1440 * interval '1 minute' as updated_at
  from n join person p on p.n = n.n % ${String(developers)}`;

const labels = (n: string, share: number): string =>
  `case when ${n} % ${String(share)} = 0 then '{}' else jsonb_build_object('stage', (array['production', 'staging', 'test'])[1 + pg_temp.pick(${n}, 34, 3)]) end`;

/** The known keys belong to the first credentials of their developers. */
const key = (developers: number): string => `
  select coalesce(known.hash, encode(sha256(n.n::text::bytea), 'hex')) as hash, ${id('credential', 'made', 'n.n')} as credential_id
  from n join person p on p.n = n.n % ${String(developers)} left join known_key known on known.n = n.n`;

/** The developer of the large portal at position n among them. */
const inLarge = (n: string): string => `(${n} / 14 * 20 + ${n} % 14)`;
const inMedium = (n: string): string => `(${n} / 5 * 20 + 14 + ${n} % 5)`;

/** First of all first applications of the large portal, then of second ones. The last ones await approval. */
const subscription = (developers: number): string => {
  const many = String(developers * 0.7);
  return `
  select ${id('subscription', 'made', 's.n')} as id, p.id as developer_uid, portal_id, '${PRODUCT}'::uuid as api_product_id,
    ${id('application', 'made', `p.n + s.n / ${many} * ${String(developers)}`)} as application_id,
    case when awaits then 'wait_for_approval' else 'subscribed' end as status,
    case when not awaits then made end as subscribed_at, made as created_at
  from (select n, n >= ${String(developers - awaiting(developers))} as awaits from n) s
    join person p on p.n = ${inLarge(`(s.n % ${many})`)}`;
};

const awaiting = (developers: number): number => Math.ceil(developers / 1000);

/** The medium portal has 20 products. */
const OTHER_SUBSCRIPTION = `
  select ${id('subscription', `made + interval '1 second'`, 's.n')} as id, p.id as developer_uid, portal_id,
    ${id('application', 'made', 'p.n')} as application_id, product.id as api_product_id,
    'subscribed' as status, made as subscribed_at, made as created_at
  from n s join person p on p.n = ${inMedium('s.n')}
    join (select id, row_number() over (order by id) - 1 as at from api_product where portal_id = '${PORTALS.medium}') product on product.at = s.n % 20`;

const APPROVAL = `portal_id, p.id as developer_uid, p.developer_id as applicant_id, name as applicant_name, made as applied_at, made as created_at`;
const REGISTRATION = `'developer_registration' as event, 'developer' as resource_type, developer_id as resource_id, username as resource_name`;

const PENDING_REGISTRATION = `
  select ${id('approval', 'made', 'p.n')} as id, ${APPROVAL}, ${REGISTRATION}, 'pending' as status, made as updated_at
  from n join person p on p.n = n.n * 20 + n.n % 20`;

const pendingSubscription = (developers: number): string => `
  select ${id('approval', 'made', 's.n')} as id, ${APPROVAL}, s.id as subscription_id, 'api_product_subscription' as event,
    'api_product' as resource_type, '${PRODUCT}' as resource_id, 'Payments' as resource_name, 'pending' as status, made as updated_at
  from (select row_number() over (order by id) - 1 + ${String(developers)} as n, id, developer_uid from subscription where status = 'wait_for_approval') s
    join n on n.n + ${String(developers)} = s.n join person p on p.id = s.developer_uid`;

/** The developers with a decided approval: three of 20, of all portals. */
const DECIDED = '(n.n / 3 * 20 + (array[0, 7, 19])[1 + n.n % 3])';

const finishedApproval = (developers: number): string => `
  select ${id('approval', 'made', `p.n + ${String(2 * developers)}`)} as id, ${APPROVAL}, ${REGISTRATION}, 'finished' as status,
    case when state = 'Pending' then 'cancelled' else 'accepted' end as result,
    'operator-' || n.n % 12 as operator_id, 'Operator ' || n.n % 12 as operator_name,
    made + interval '1 hour' as operated_at, made + interval '1 hour' as updated_at
  from n join person p on p.n = ${DECIDED}`;

const NAMES = ['developer.registered', 'developer.updated', 'developer.email_verified', 'developer.invited'];

/** One for nearly every developer. Those with a decided approval have its event. */
const event = (developers: number): string => `
  select ${id('event', 'made', 'n')} as id, portal_id, made as occurred_at, 'request-' || n as request_id,
    case when is_decision then 'approval.accepted' else (array['${NAMES.join("','")}'])[1 + n / 20 % 4] end as name,
    case when is_decision then 'approval' else 'developer' end as resource_type,
    case when is_decision then ${id('approval', 'made', `n + ${String(2 * developers)}`)}::text else developer_id end as resource_id,
    case when is_decision then 'portal_token' when n % 20 < 9 then 'developer' else 'admin_token' end as actor_kind,
    case when not is_decision and n % 20 < 9 then developer_id else 'operator-' || n % 12 end as actor_id,
    case when is_decision then '{status,result}'::text[] else '{}' end as changed
  from (select *, n % 20 in (0, 7, 19) as is_decision from n join person using (n)) p`;

const EVENT_CONTEXT = `
  select ${id('event', 'made', 'n')} as event_id, id as developer_uid, portal_id, made as occurred_at,
    '198.51.' || n % 100 || '.' || n / 100 % 250 as address, 'Mozilla/5.0 (compatible; client ' || n % 40 || ')' as user_agent
  from n join person using (n)`;

const events = (developers: number): number => Math.floor(developers * 0.993);

const email = (developers: number): string => `
  select ${id('email', 'made', 'p.n')} as id, portal_id, p.id as developer_uid, ${id('event', 'made', 'p.n')} as event_id,
    'registration_accepted' as kind, username || '@' || pg_temp.topic(p.n, 22) || '.example.org' as "to",
    'Your registration at Large was approved' as subject,
    jsonb_build_object('portal', 'Large', 'portal_url', 'http://127.0.0.1/portal', 'name', name) as data,
    '<' || ${id('email', 'made', 'p.n')} || '@127.0.0.1>' as message_id,
    case when p.n % 50 = 7 then 'failed' when p.n % 50 = 20 then 'suppressed' else 'sent' end as status, 1 as attempts,
    case when p.n % 50 = 7 then '550 no such user' end as last_error, made as queued_at, made as due_at, made as created_at,
    case when p.n % 50 not in (7, 20) then made + interval '2 seconds' end as sent_at
  from n join person p on p.n = ${DECIDED} and p.n < ${String(events(developers))}`;

/** In the order of their references. */
export const tablesOf = (developers: number): Table[] => [
  { name: 'developer', rows: developers, select: DEVELOPER },
  { name: 'application', rows: 2 * developers, select: application(developers) },
  { name: 'credential', rows: 3 * developers, select: credential(developers) },
  { name: 'credential_key', rows: 3 * developers, select: key(developers) },
  { name: 'subscription', rows: developers, select: subscription(developers) },
  { name: 'subscription', rows: developers / 10, select: OTHER_SUBSCRIPTION },
  { name: 'approval', rows: developers / 20, select: PENDING_REGISTRATION },
  { name: 'approval', rows: awaiting(developers), select: pendingSubscription(developers) },
  { name: 'approval', rows: developers * 0.15, select: finishedApproval(developers) },
  { name: 'event', rows: events(developers), select: event(developers) },
  { name: 'event_context', rows: events(developers), select: EVENT_CONTEXT },
  { name: 'email', rows: developers * 0.15, select: email(developers) },
];
