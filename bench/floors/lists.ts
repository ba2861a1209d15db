/** One list, as a program without a framework reads it. `?` stands for a value. */
export type FloorList = {
  path: string;
  select: string;
  from: string;
  /** Conditions by the parameter of the path, the query or the token that gives the value. */
  where: Record<string, string>;
  always?: string;
  id: string;
  orderBy: string;
  /** Continues behind the record with this time and id. */
  after?: string;
  /** The table that holds the total, with its conditions. Otherwise rows are counted up to a limit. */
  counter?: { table: string; where: Record<string, string> };
  /** Turns a row into the view, if its columns are not enough. */
  present?: (row: Record<string, unknown>) => unknown;
};

const time = (column: string, name: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${name}`;

export const DEVELOPER = [
  'd.id, d.developer_id, d.portal_id, d.username, d.name, d.email, d.email_verified, d.pending_email, d.state, d.state_reason',
  'd.provider, d.locale, d.labels, d.admin_labels, d.must_change_password',
  time('d.one_time_password_expires_at', 'invite_expires_at'),
  time('d.last_active_at', 'last_active_at'),
  time('d.created_at', 'created_at'),
  time('d.updated_at', 'updated_at'),
].join(', ');

export const APPROVAL = [
  'a.id, a.portal_id, p.name as portal_name, a.event, a.status, a.result, a.resource_type, a.resource_id, a.resource_name',
  'a.applicant_id, a.applicant_name, a.operator_id, a.operator_name, a.reason, a.metadata',
  time('a.applied_at', 'applied_at'),
  time('a.operated_at', 'operated_at'),
  time('a.created_at', 'created_at'),
  time('a.updated_at', 'updated_at'),
].join(', ');

const byPortal = { portal_id: 'portal_id = ?' };

export const LISTS: readonly FloorList[] = [
  {
    path: '/api/portals/:portal_id/developers',
    select: DEVELOPER,
    from: 'developer d',
    where: { portal_id: 'd.portal_id = ?', state: 'd.state = ?', search: `d.search_text like '%' || lower(?) || '%'` },
    always: 'd.left_at is null',
    id: 'd.id',
    orderBy: 'd.created_at desc, d.id desc',
    after: '(d.created_at, d.id) < (?::timestamptz, ?::uuid)',
    counter: { table: 'developer_count', where: { ...byPortal, state: 'state = ?' } },
  },
  {
    path: '/api/approvals',
    select: APPROVAL,
    from: 'approval a join portal p on p.id = a.portal_id',
    where: { portal_id: 'a.portal_id = ?', status: 'a.status = ?' },
    id: 'a.id',
    orderBy: 'a.applied_at desc, a.id desc',
    counter: { table: 'approval_count', where: { ...byPortal, status: 'status = ?' } },
  },
  {
    path: '/api/audit_events',
    select: [
      'e.id, e.name, e.actor_kind, e.actor_id, e.on_behalf_of, e.portal_id, e.resource_type, e.resource_id, e.changed',
      'e.request_id, c.address, c.user_agent',
      time('e.occurred_at', 'occurred_at'),
    ].join(', '),
    from: 'event e left join event_context c on c.event_id = e.id',
    where: { portal_id: 'e.portal_id = ?' },
    id: 'e.id',
    orderBy: 'e.occurred_at desc, e.id desc',
    present: ({ actor_kind: kind, actor_id: id, on_behalf_of, address, user_agent, ...event }) => ({
      ...event,
      actor: { kind, id, on_behalf_of },
      context: address === null && user_agent === null ? null : { address, user_agent },
    }),
  },
  {
    path: '/api/emails',
    select: [
      'id, portal_id, kind, "to", subject, status, attempts, last_error, message_id',
      time('created_at', 'created_at'),
      time('sent_at', 'sent_at'),
    ].join(', '),
    from: 'email',
    where: byPortal,
    id: 'id',
    orderBy: 'email.created_at desc, id desc',
  },
  {
    path: '/api/portals/:portal_id/api_products/:api_product_id/subscriptions',
    select: [
      's.id, d.developer_id, d.name as developer_name, s.application_id, a.name as application_name, s.api_product_id',
      'p.name as api_product_name, s.status',
      time('s.subscribed_at', 'subscribed_at'),
      time('s.created_at', 'created_at'),
    ].join(', '),
    from: `subscription s join developer d on d.id = s.developer_uid and d.left_at is null
      join application a on a.id = s.application_id join api_product p on p.id = s.api_product_id`,
    where: { portal_id: 'p.portal_id = ?', api_product_id: 's.api_product_id = ?' },
    id: 's.id',
    orderBy: 's.subscribed_at desc nulls last, s.id desc',
    counter: { table: 'subscription_count', where: { api_product_id: 'api_product_id = ?' } },
  },
  {
    path: '/api/applications',
    select: [
      'a.id, d.developer_id, a.name, a."desc", a.labels',
      time('a.created_at', 'created_at'),
      time('a.updated_at', 'updated_at'),
    ].join(', '),
    from: 'application a join developer d on d.id = a.developer_uid and d.left_at is null',
    where: { portal_id: 'a.portal_id = ?' },
    id: 'a.id',
    orderBy: 'a.updated_at desc, a.id desc',
    counter: { table: 'application_count', where: byPortal },
  },
  {
    path: '/api/credentials',
    select: [
      'c.id, c.application_id, a.name as application_name, d.developer_id, c.type, c.name, c."desc", c.labels, c.prefix, c.username',
      time('c.expires_at', 'expires_at'),
      time('c.last_used_at', 'last_used_at'),
      time('c.created_at', 'created_at'),
      time('c.updated_at', 'updated_at'),
    ].join(', '),
    from: `credential c join application a on a.id = c.application_id
      join developer d on d.id = a.developer_uid and d.left_at is null`,
    where: { portal_id: 'c.portal_id = ?' },
    id: 'c.id',
    orderBy: 'c.updated_at desc, c.id desc',
    counter: { table: 'credential_count', where: byPortal },
    present: ({ username, ...credential }) => ({
      ...credential,
      ...(credential['type'] === 'key-auth' ? { 'key-auth': {} } : {}),
      ...(username === null ? {} : { 'basic-auth': { username } }),
    }),
  },
  {
    path: '/api/portals/:portal_id/api_products',
    select: [
      'id, portal_id, name, "desc", labels, type, status, visibility, auth, subscription_auto_approval, can_view_unsubscribed',
      time('created_at', 'created_at'),
      time('updated_at', 'updated_at'),
    ].join(', '),
    from: 'api_product',
    where: byPortal,
    id: 'id',
    orderBy: 'api_product.created_at desc, id desc',
  },
];
