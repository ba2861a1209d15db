/** The ids and tokens of the data set. They are the same in every data set, so that any process of a run knows them. */
export const PORTALS = {
  /** 70 % of the developers. */
  large: '01930000-0000-7000-8000-000000000001',
  /** 25 %. */
  medium: '01930000-0000-7000-8000-000000000002',
  /** 5 %. */
  small: '01930000-0000-7000-8000-000000000003',
} as const;

/** The product of the large portal to which as many applications are subscribed as the data set has developers. */
export const PRODUCT = '01930000-0000-7000-8001-000000000001';

/** The value of GATEHOUSE_ADMIN_TOKEN. */
export const ADMIN_TOKEN = 'bench-admin-token-0123456789-0123456789';
/** A stored token of the large portal. */
export const PORTAL_TOKEN = 'gth_portal_bench-0123456789-0123456789-0123456789';
