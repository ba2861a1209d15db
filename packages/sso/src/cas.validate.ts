import type { CasConfig } from '@gatehouse/contract/login-option-config';
import { nameIn } from './attribute-value.ts';
import { type Element, parseCasXml } from './cas.xml.ts';
import type { Egress } from '@gatehouse/egress/egress';
import { SsoError } from './sso-error.ts';
import { unreached } from './unreached.ts';

/** Bytes of a response. */
const LONGEST = 65_536;

/** The result of validating a ticket: its user, or the code of the refusal. */
export type Validation = { user: string; attributes: Map<string, string> } | { refusedAs: string };

/** The URL of a page of the CAS server. */
export function casUrl(config: CasConfig, page: string, query: Record<string, string>): string {
  const url = new URL(config.url);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${page}`;
  url.search = new URLSearchParams(query).toString();
  url.hash = '';
  return url.href;
}

/** The URL that the browser returns to. It carries the state, and CAS compares it with the service of the ticket. */
export function serviceOf(callbackUrl: string, state: string): string {
  const service = new URL(callbackUrl);
  service.searchParams.set('state', state);
  return service.href;
}

/** Uses the CAS 3.0 endpoint (p3), which returns attributes. Ignores the content type, because servers differ. */
export async function validate(
  config: CasConfig,
  egress: Egress,
  asked: { service: string; ticket: string },
): Promise<Validation> {
  const body = await ask(casUrl(config, 'p3/serviceValidate', asked), config, egress);
  // CAS 1.0 responds in plain text, and some servers still do.
  return body.trim() === 'no' ? { refusedAs: 'no' } : readValidation(body);
}

async function ask(url: string, { ssl_verify }: CasConfig, egress: Egress): Promise<string> {
  const { status, body } = await egress
    .fetch({ sslVerify: ssl_verify })(url)
    .then(async (answer) => ({ status: answer.status, body: await answer.arrayBuffer() }))
    .catch((error: unknown) => {
      throw unreached(error, new URL(url).hostname);
    });
  if (status >= 500) throw new SsoError('unreachable', `The CAS server failed with status ${String(status)}.`);
  if (status !== 200)
    throw new SsoError(
      'misconfigured',
      `The url does not belong to a CAS 3.0 server: it responds with status ${String(status)}.`,
    );
  if (body.byteLength > LONGEST) throw new SsoError('invalid_answer', 'The response from the CAS server is too long.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw new SsoError('invalid_answer', 'The response from the CAS server is not valid UTF-8.', error);
  }
}

/** Accepts only an unambiguous response. */
export function readValidation(body: string): Validation {
  const root = only(parseCasXml(body), 'serviceResponse');
  const outcome = only(root.children, 'authenticationSuccess', 'authenticationFailure');
  if (outcome.name === 'authenticationFailure') return { refusedAs: String(outcome.attributes.get('code')) };
  if (outcome.children.some(({ name }) => name === 'proxies'))
    throw new SsoError('invalid_answer', 'The CAS ticket is a proxy ticket. A sign-in needs a service ticket.');
  const { text } = only(
    outcome.children.filter(({ name }) => name === 'user'),
    'user',
  );
  const user = text === null ? null : nameIn(text);
  if (user === null) throw new SsoError('invalid_answer', 'The CAS server sent no valid username.');
  const attributes = new Map<string, string>();
  for (const { name, text } of outcome.children
    .filter((each) => each.name === 'attributes')
    .flatMap((each) => each.children))
    if (name !== null && text !== null && !attributes.has(name)) attributes.set(name, text);
  return { user, attributes };
}

/** Returns the only element. Throws if `elements` has several, or if its name is not in `names`. */
function only(elements: Element[], ...names: string[]): Element {
  const [element, another] = elements;
  if (!element || another || !names.includes(element.name ?? ''))
    throw new SsoError('invalid_answer', 'The response from the CAS server is not a single CAS response.');
  return element;
}
