export const SUBSCRIPTION_STATUSES = ['wait_for_approval', 'subscribed'] as const;
