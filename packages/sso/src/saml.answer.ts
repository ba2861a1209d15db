import type { Profile } from '@node-saml/node-saml';
import { z } from 'zod';
import { nameIn } from './attribute-value.ts';
import type { SignInContext } from './protocol.ts';
import type { Idp } from './saml.idp.ts';
import { CLOCK_SKEW, Instant } from './saml.service.ts';
import { parseXml } from './saml.xml.ts';
import { SsoError } from './sso-error.ts';
import { refuseTooMuch } from './xml-size.ts';

/** Bytes of a response. Real responses are far smaller. */
const LONGEST = 262_144;
/** Milliseconds that a browser may take to deliver an assertion. */
const OLDEST = 5 * 60_000;
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

type ResponseRules = { requestId: string; responseSigned: boolean };

const Response = z.object({
  Response: z.object({
    '@Destination': z.string().optional(),
    '@InResponseTo': z.string().optional(),
    Status: z.object({ StatusCode: z.object({ '@Value': z.string() }) }),
  }),
});

/** Returns the decoded response. Checks everything that does not need a verified signature. */
export function checkResponse(
  encoded: string,
  here: SignInContext,
  { requestId, responseSigned }: ResponseRules,
): string {
  if (Buffer.byteLength(encoded, 'base64') > LONGEST) throw invalid('is too long');
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  refuseTooMuch(text, 'The response of the identity provider');
  const { data, error } = Response.safeParse(parseXml(text, 'The response of the identity provider'));
  if (!data) throw invalid('is not a SAML response', error);
  const { Status, '@Destination': destination, '@InResponseTo': inResponseTo } = data.Response;
  const status = Status.StatusCode['@Value'];
  if (status !== SUCCESS)
    throw new SsoError('refused', 'The identity provider reported a failed sign-in. See its log for the reason.');
  if (inResponseTo !== requestId) throw invalid('belongs to a sign-in that this browser did not start');
  if (destination !== here.callbackUrl && (destination !== undefined || responseSigned))
    throw invalid(`has a Destination other than ${here.callbackUrl}`);
  return text;
}

const Confirmation = z.object({
  $: z.object({ Method: z.literal(BEARER) }),
  SubjectConfirmationData: z.tuple([
    z.object({
      $: z.object({
        Recipient: z.string(),
        InResponseTo: z.string(),
        NotOnOrAfter: Instant,
        NotBefore: Instant.optional(),
      }),
    }),
  ]),
});
const Qualifier = z
  .string()
  .regex(/^\P{Cc}*$/u)
  .optional();
const NameId = z.object({
  _: z.string().default(''),
  $: z.object({ Format: z.string().optional(), NameQualifier: Qualifier, SPNameQualifier: Qualifier }).default({}),
});
/** The library's representation of an element that contains only white space. */
const BLANK = z.string().transform((text): z.infer<typeof NameId> => ({ _: text, $: {} }));
const AnyNameId = NameId.or(BLANK);
const Signed = z.object({
  Assertion: z.object({
    $: z.object({ ID: z.string().min(1).max(1000), IssueInstant: Instant }),
    Subject: z.tuple([
      z.object({ NameID: z.tuple([AnyNameId]).optional(), SubjectConfirmation: z.array(z.unknown()) }),
    ]),
  }),
});

/** `decrypted`: the content of the assertion's EncryptedID, as the library parses XML; null if it has none. */
type AssertionContext = { idp: Idp; requestId: string; ourId: string; decrypted: unknown };

/** Checks what the library leaves unchecked in the signed assertion, and returns its subject. */
export function checkAssertion(
  profile: Profile,
  here: SignInContext,
  { idp, requestId, ourId, decrypted }: AssertionContext,
): { subject: string; once: string } {
  if (profile.issuer !== idp.entityId)
    throw invalid('comes from a different identity provider than the metadata describes');
  const { data, error } = Signed.safeParse(profile.getAssertion?.());
  if (!data) throw invalid('does not confirm a subject', error);
  const { $, Subject } = data.Assertion;
  const now = here.now.getTime();
  if ($.IssueInstant.getTime() + OLDEST + CLOCK_SKEW <= now) throw invalid(LATE);
  const confirmed = Subject[0].SubjectConfirmation.some((one) => {
    const about = Confirmation.safeParse(one).data?.SubjectConfirmationData[0].$;
    return (
      about?.Recipient === here.callbackUrl &&
      about.InResponseTo === requestId &&
      about.NotOnOrAfter.getTime() + CLOCK_SKEW > now &&
      (about.NotBefore?.getTime() ?? 0) - CLOCK_SKEW <= now
    );
  });
  if (!confirmed) throw invalid('has no assertion that is currently valid for this service and this sign-in');
  const nameId = nameIdOf(Subject[0].NameID?.[0], decrypted);
  if (nameId?.$.Format === TRANSIENT)
    throw new SsoError(
      'misconfigured',
      'The identity provider sends a transient NameID, which changes at each sign-in. Configure a persistent NameID there.',
    );
  const subject = nameId ? subjectOf(nameId, idp.entityId, ourId) : null;
  if (subject === null)
    throw new SsoError(
      'missing_attribute',
      'The identity provider sends no NameID. Configure a persistent NameID there.',
    );
  return { subject, once: $.ID };
}

const Decrypted = z.object({ NameID: AnyNameId });

function nameIdOf(plain: z.infer<typeof NameId> | undefined, decrypted: unknown): z.infer<typeof NameId> | undefined {
  if (decrypted === null) return plain;
  const { data, error } = Decrypted.safeParse(decrypted);
  if (!data || plain) throw invalid('has an ambiguous subject', error);
  return data.NameID;
}

/**
 * The same NameID with other qualifiers belongs to another person (SAML core, section 2.2.1). Therefore the qualifiers
 * are part of the subject, except for their defaults (section 8.3.7). None of the three parts can contain a line break.
 */
function subjectOf({ _, $ }: z.infer<typeof NameId>, theirId: string, ourId: string): string | null {
  const name = nameIn(_);
  const by = $.NameQualifier === theirId ? '' : ($.NameQualifier ?? '');
  const to = $.SPNameQualifier === ourId ? '' : ($.SPNameQualifier ?? '');
  return name === null || (by === '' && to === '') ? name : [name, by, to].join('\n');
}

export const LATE = 'is too old, or the clocks of the provider and the portal differ';

export const invalid = (why: string, cause?: unknown): SsoError =>
  new SsoError('invalid_answer', `The response of the identity provider ${why}.`, cause);
