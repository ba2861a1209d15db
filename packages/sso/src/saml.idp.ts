import { X509Certificate } from 'node:crypto';
import { ProviderUrl, type SamlConfig } from '@gatehouse/contract/login-option-config';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { SignInContext } from './protocol.ts';
import { parseXml } from './saml.xml.ts';
import { SsoError } from './sso-error.ts';
import { unreached } from './unreached.ts';

/** The metadata of an identity provider. It lists several certificates during a key rollover. */
export type Idp = { entityId: string; ssoUrl: string; binding: Binding; certificates: X509Certificate[] };
/** How the browser sends a request to the provider. */
type Binding = 'redirect' | 'post';

/** Characters. The idp_metadata field has the same limit. */
const LONGEST = 262_144;
/** A response may be verified against every certificate, so each one adds work. */
const MOST_CERTIFICATES = 10;
const BINDINGS = 'urn:oasis:names:tc:SAML:2.0:bindings';
/** In order of preference: a redirect needs no intermediate page. */
const WAYS: [binding: Binding, name: string][] = [
  ['redirect', `${BINDINGS}:HTTP-Redirect`],
  ['post', `${BINDINGS}:HTTP-POST`],
];
const remembered = new LRUCache<string, Idp>({ max: 100, ttl: 5 * 60_000 });

/** `refresh`: bypasses the cache, for when the keys may have changed. */
export async function idpOf(config: SamlConfig, here: SignInContext, { refresh = false } = {}): Promise<Idp> {
  if (config.idp_metadata_url === undefined) return parseIdp(config.idp_metadata ?? '');
  const key = `${String(config.ssl_verify)} ${config.idp_metadata_url}`;
  const known = refresh ? undefined : remembered.get(key);
  if (known) return known;
  const idp = parseIdp(await fetchMetadata(config.idp_metadata_url, config, here));
  remembered.set(key, idp);
  return idp;
}

/** The current metadata if its keys differ from those of `idp`, else null. */
export async function changedSince(idp: Idp, config: SamlConfig, here: SignInContext): Promise<Idp | null> {
  if (config.idp_metadata_url === undefined) return null;
  const now = await idpOf(config, here, { refresh: true });
  return String(now.certificates) === String(idp.certificates) ? null : now;
}

async function fetchMetadata(url: string, { ssl_verify }: SamlConfig, here: SignInContext): Promise<string> {
  const fetch = here.egress.fetch({ sslVerify: ssl_verify });
  const answer = await fetch(url).catch((error: unknown) => {
    throw unreached(error, new URL(url).host);
  });
  if (answer.status === 200) return shortEnough(await answer.text());
  if (answer.status >= 500)
    throw new SsoError('unreachable', `idp_metadata_url responds with status ${String(answer.status)}.`);
  throw new SsoError(
    'misconfigured',
    `idp_metadata_url does not serve metadata: it responds with status ${String(answer.status)}.`,
  );
}

function shortEnough(text: string): string {
  if (text.length > LONGEST) throw unusable('is too long');
  return text;
}

const Text = z.object({ '#text': z.string() });
const Key = z.object({
  '@use': z.string().optional(),
  KeyInfo: z.object({ X509Data: z.array(z.object({ X509Certificate: z.array(Text).default([]) })).default([]) }),
});
const Role = z.object({
  KeyDescriptor: z.array(Key).default([]),
  SingleSignOnService: z.array(z.object({ '@Binding': z.string(), '@Location': z.string() })).default([]),
});
const Entity = z.object({
  '@entityID': z.string().trim().min(1).max(1024),
  IDPSSODescriptor: z.array(Role).default([]),
});
const Entities = z.object({
  EntityDescriptor: z.array(Entity).default([]),
  EntitiesDescriptor: z.array(z.unknown()).default([]),
});
/** Nesting of EntitiesDescriptor. Federations nest far less. */
const DEEPEST = 10;

function entitiesIn(content: unknown, depth = 0): z.infer<typeof Entity>[] {
  const { data, error } = Entities.safeParse(content);
  if (!data) throw unusable('is not SAML metadata', error);
  if (depth > DEEPEST) throw unusable('nests too many EntitiesDescriptor elements');
  return [...data.EntityDescriptor, ...data.EntitiesDescriptor.flatMap((list) => entitiesIn(list, depth + 1))];
}

function parseIdp(text: string): Idp {
  const entities = entitiesIn(parseMetadata(text));
  if (entities.length === 0) throw unusable('is not SAML metadata');
  const [entity, ...others] = entities.filter((one) => one.IDPSSODescriptor.length > 0);
  if (!entity) throw unusable('does not describe an identity provider (IDPSSODescriptor)');
  if (others.length > 0) throw unusable('describes several identity providers. Use the metadata of a single provider');
  const roles = entity.IDPSSODescriptor;
  const services = roles.flatMap((role) => role.SingleSignOnService);
  const [sso] = WAYS.flatMap(([binding, name]) => {
    const service = services.find((one) => one['@Binding'] === name);
    return service ? [{ binding, location: service['@Location'] }] : [];
  });
  if (!sso) throw unusable('has no SingleSignOnService with the binding HTTP-Redirect or HTTP-POST');
  const ssoUrl = ProviderUrl.safeParse(sso.location);
  if (!ssoUrl.success) throw unusable('has a SingleSignOnService whose Location is not an https URL');
  const certificates = roles.flatMap((role) => role.KeyDescriptor.flatMap(signingCertificates));
  if (certificates.length === 0) throw unusable('has no signing certificate');
  if (certificates.length > MOST_CERTIFICATES)
    throw unusable(`has more than ${String(MOST_CERTIFICATES)} certificates`);
  return { entityId: entity['@entityID'], ssoUrl: ssoUrl.data, binding: sso.binding, certificates };
}

function parseMetadata(text: string): unknown {
  try {
    return parseXml(text, 'The metadata of the identity provider');
  } catch (error) {
    throw error instanceof SsoError ? new SsoError('misconfigured', error.message, error) : error;
  }
}

/** A key without a `use` is for both signing and encryption. */
function signingCertificates({ '@use': use, KeyInfo }: z.infer<typeof Key>): X509Certificate[] {
  if (use !== undefined && use !== 'signing') return [];
  return KeyInfo.X509Data.flatMap((data) => data.X509Certificate).map(({ '#text': base64 }) => {
    try {
      return new X509Certificate(Buffer.from(base64, 'base64'));
    } catch (error) {
      throw unusable('has an unreadable certificate', error);
    }
  });
}

const unusable = (why: string, cause?: unknown): SsoError =>
  new SsoError('misconfigured', `The metadata of the identity provider ${why}.`, cause);
