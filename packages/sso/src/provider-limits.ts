/** Milliseconds and bytes that a response of an identity provider may take. Usual responses are far shorter. */
export const PROVIDER_LIMITS = { patience: 5000, longestBody: 1_048_576 };
