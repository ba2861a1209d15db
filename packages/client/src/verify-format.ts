import { hasValidChecksum } from '@gatehouse/contract/key-format';

/**
 * Whether a text has the format and checksum of an API key of Gatehouse, for scanners that look for leaked keys. One in
 * 56 billion similar texts has a matching checksum by chance. Only the service knows whether the key is still valid.
 */
export const isGatehouseKey = (text: string): boolean => hasValidChecksum(text);
