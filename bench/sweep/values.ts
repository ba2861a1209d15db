/** Common, rare, absent, short, and with common parts. */
export const search = 'example quizzwyx nosuchtext mo zq ex a q@example billing %'.split(' ');
const stage = [{ stage: 'test' }, { stage: 'none' }];
export const applications = { filters: { search, labels: stage }, pairs: [['labels', 'search']] };
export const credentials = {
  filters: { search, labels: stage, auth_method: ['key-auth', 'basic-auth'] },
  pairs: [
    ['auth_method', 'labels'],
    ['auth_method', 'search'],
  ],
};
export const subscriptions = {
  search,
  status: [['subscribed'], ['wait_for_approval'], ['subscribed', 'wait_for_approval']],
};
export const developers = {
  state: ['Active', 'Pending', 'Suspended'],
  provider: ['builtin', 'sso'],
  invited: [true, false],
  labels: [{ team: 'billing' }, { team: 'none' }],
  admin_labels: [{ tier: 'gold' }, { tier: 'patron' }, { tier: 'none' }],
  search,
};
export const approvals = {
  event: ['developer_registration', 'api_product_subscription'],
  status: ['pending', 'finished'],
  result: ['accepted', 'rejected', 'cancelled'],
  resource_type: ['developer', 'api_product'],
  resource_name: ['none'],
  applicant_name: ['none'],
  operator_name: ['Operator 3', 'none'],
  search,
};
export const pending = [
  ['status', 'event'],
  ['status', 'search'],
  ['status', 'result'],
  ['event', 'result'],
];
