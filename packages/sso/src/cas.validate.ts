import type { CasConfig } from '@gatehouse/contract/login-option-config';
import { nameIn } from './attribute-value.ts';
import { type Element, parseCasXml } from './cas.xml.ts';
import type { Egress } from '@gatehouse/egress/egress';
import { SsoError } from './sso-error.ts';
import { unreached } from './unreached.ts';

/** Bytes of an answer. */
const LONGEST = 65_536;

/** What the server says of a ticket: whose it is, or by which code it is refused. */
export type Validation = { user: string; attributes: Map<string, string> } | { refusedAs: string };

/** The address of a page of the server. */
export function casUrl(config: CasConfig, page: string, query: Record<string, string>): string {
  const url = new URL(config.url);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${page}`;
  url.search = new URLSearchParams(query).toString();
  url.hash = '';
  return url.href;
}

/** Where the browser comes back to. CAS has no state, but it compares this address with that of the ticket. */
export function serviceOf(callbackUrl: string, state: string): string {
  const service = new URL(callbackUrl);
  service.searchParams.set('state', state);
  return service.href;
}

/** Asks by CAS 3.0 (p3), which sends attributes. The type that the answer says to be of is not looked at: servers differ. */
export async function validate(
  config: CasConfig,
  egress: Egress,
  asked: { service: string; ticket: string },
): Promise<Validation> {
  const body = await ask(casUrl(config, 'p3/serviceValidate', asked), config, egress);
  // What was said before there was XML, and some servers still say.
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
    throw new SsoError('misconfigured', `The url is not that of a CAS 3.0 server: it answers ${String(status)}.`);
  if (body.byteLength > LONGEST) throw new SsoError('invalid_answer', 'The response of the CAS server is too long.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw new SsoError('invalid_answer', 'The response of the CAS server is not in UTF-8.', error);
  }
}

/** Takes the answer of a server only where it can be read in one way. */
export function readValidation(body: string): Validation {
  const root = only(parseCasXml(body), 'serviceResponse');
  const outcome = only(root.children, 'authenticationSuccess', 'authenticationFailure');
  if (outcome.name === 'authenticationFailure') return { refusedAs: String(outcome.attributes.get('code')) };
  if (outcome.children.some(({ name }) => name === 'proxies'))
    throw new SsoError('invalid_answer', 'The ticket is a proxy ticket, not one of a sign-in.');
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

/** The one element that there is, where it has one of these names. */
function only(elements: Element[], ...names: string[]): Element {
  const [element, another] = elements;
  if (!element || another || !names.includes(element.name ?? ''))
    throw new SsoError('invalid_answer', 'The response of the CAS server is not one CAS response.');
  return element;
}
