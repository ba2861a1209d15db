export const CREDENTIAL_TYPES = ['key-auth', 'basic-auth', 'oauth'] as const;
