import { z } from 'zod';

const claim = z.string().nullable();
/** The claims of a verified provider response. `subject` identifies the person; the other claims may change. */
export const VerifiedClaims = z.strictObject({
  subject: z.string(),
  /** Other subjects under which the same person may have an account. */
  aliases: z.array(z.string()).optional(),
  username: claim,
  email: claim,
  /** Whether the provider has verified the address; null if it does not say. */
  emailVerified: z.boolean().nullable(),
  name: claim,
  /** Identifies the response. A second response with the same value is rejected as a replay. */
  once: claim,
});
export type VerifiedClaims = z.infer<typeof VerifiedClaims>;
