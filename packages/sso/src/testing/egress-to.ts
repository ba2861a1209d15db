import { type Egress, openEgress } from '@gatehouse/egress/egress';
import { PROVIDER_LIMITS } from '../provider-limits.ts';

export const egressTo = (...allowedNetworks: string[]): Egress => openEgress({ ...PROVIDER_LIMITS, allowedNetworks });
