import { hasValidChecksum } from '@gatehouse/contract/key-format';

/**
 * Whether a text is an API key that a Gatehouse service made, as far as can be told without asking it: a key carries a
 * checksum, which one in 56 billion lookalikes has by chance. For scanners that look for leaked keys. It says nothing of
 * whether the key is still valid.
 */
export const isGatehouseKey = (text: string): boolean => hasValidChecksum(text);
