const living = 'left_at is null';

export const developerIndexes = [
  {
    name: 'developer_id_unique',
    expression: `create unique index developer_id_unique on developer (portal_id, developer_id) where ${living}`,
  },
  {
    name: 'developer_username_unique',
    expression: `create unique index developer_username_unique on developer (portal_id, username_key) where ${living}`,
  },
  {
    name: 'developer_email_unique',
    expression: `create unique index developer_email_unique on developer (portal_id, email_key) where ${living} and (email_verified or email_set_by_admin)`,
  },
  {
    name: 'developer_email',
    expression: `create index developer_email on developer (portal_id, email_key) where ${living}`,
  },
  {
    name: 'developer_unverified',
    expression: `create index developer_unverified on developer (created_at) where ${living} and state = 'Pending' and not email_verified`,
  },
  {
    name: 'developer_left',
    expression: 'create index developer_left on developer (portal_id) where left_at is not null',
  },
  {
    name: 'developer_created_at',
    expression: `create index developer_created_at on developer (portal_id, created_at, id) where ${living}`,
  },
  {
    name: 'developer_state',
    expression: `create index developer_state on developer (portal_id, state, created_at, id) where ${living}`,
  },
  {
    name: 'developer_last_active_asc',
    expression: `create index developer_last_active_asc on developer (portal_id, last_active_at, id) where ${living}`,
  },
  {
    name: 'developer_last_active_desc',
    expression: `create index developer_last_active_desc on developer (portal_id, last_active_at desc nulls last, id desc) where ${living}`,
  },
  {
    name: 'developer_username_order',
    expression: `create index developer_username_order on developer (portal_id, username_key, id) where ${living}`,
  },
  {
    name: 'developer_name_order',
    expression: `create index developer_name_order on developer (portal_id, name, id) where ${living}`,
  },
  {
    name: 'developer_search_terms',
    expression: `create index developer_search_terms on developer using gin (portal_id, trigram_text(search_text) gin_trgm_ops) where ${living}`,
  },
  {
    name: 'developer_rare_characters',
    expression: `create index developer_rare_characters on developer using gin (portal_id, rare_characters(search_text)) where ${living}`,
  },
  {
    name: 'developer_labels',
    expression: `create index developer_labels on developer using gin (portal_id, labels jsonb_path_ops) where ${living}`,
  },
  {
    name: 'developer_admin_labels',
    expression: `create index developer_admin_labels on developer using gin (portal_id, admin_labels jsonb_path_ops) where ${living} and admin_labels <> '{}'::jsonb`,
  },
  {
    name: 'developer_state_last_active',
    expression: `create index developer_state_last_active on developer (portal_id, state, last_active_at, id) where ${living}`,
  },
  {
    name: 'developer_state_username',
    expression: `create index developer_state_username on developer (portal_id, state, username_key, id) where ${living}`,
  },
  {
    name: 'developer_provider',
    expression: `create index developer_provider on developer (portal_id, provider, created_at, id) where ${living}`,
  },
  {
    name: 'developer_invitation',
    expression: `create index developer_invitation on developer (portal_id, must_change_password, created_at, id) where ${living}`,
  },
];
