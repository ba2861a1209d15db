/** A page in the browser. If `stopped`, the browser was redirected to a URL below `stopAt` and did not follow. */
export type Page = { url: string; status: number; body: string; headers: Headers; stopped: boolean };
/** `fields` has the initial values. */
export type Form = { action: string; method: 'GET' | 'POST'; fields: Record<string, string> };
type Cookie = { host: string; path: string; name: string; value: string };
type Sent = { method?: string; body?: URLSearchParams; headers?: Record<string, string> };

/** A minimal browser for the pages of identity providers: cookies, redirects and forms, but no scripts. */
export class UserAgent {
  readonly cookies: Map<string, Cookie>;
  readonly #stopAt: string | null;

  /**
   * The browser does not follow redirects to URLs that begin with `stopAt`, such as the callback. `cookies` are shared
   * with another tab of the same browser.
   */
  constructor(stopAt: string | null = null, cookies = new Map<string, Cookie>()) {
    this.#stopAt = stopAt;
    this.cookies = cookies;
  }

  async open(url: string, sent: Sent = {}): Promise<Page> {
    let [at, request] = [new URL(url), sent];
    for (let hops = 0; hops < 20; hops++) {
      if (this.#stopsAt(at)) return stopped(at);
      const answer = await fetch(at, {
        ...request,
        headers: { accept: 'text/html', connection: 'close', ...request.headers, ...this.#cookiesFor(at) },
        redirect: 'manual',
      });
      this.#keep(at, answer.headers);
      const [body, location] = [await answer.text(), answer.headers.get('location')];
      if (location === null || answer.status < 300 || answer.status > 399)
        return { url: at.href, status: answer.status, body, headers: answer.headers, stopped: false };
      at = new URL(location, at);
      if (answer.status !== 307 && answer.status !== 308) request = {};
    }
    throw new Error('Too many redirects.');
  }

  /** Fields that are null are not sent. */
  submit(form: Form, filledIn: Record<string, string | null> = {}): Promise<Page> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...form.fields, ...filledIn }))
      if (value !== null) query.append(name, value);
    if (form.method === 'POST') return this.open(form.action, { method: 'POST', body: query });
    const action = new URL(form.action);
    action.search = query.toString();
    return this.open(action.href);
  }

  #stopsAt(url: URL): boolean {
    return this.#stopAt !== null && url.href.startsWith(this.#stopAt);
  }

  #cookiesFor(url: URL): Record<string, string> {
    const sent = [...this.cookies.values()].filter(
      ({ host, path }) => host === url.host && isBelow(url.pathname, path),
    );
    return sent.length === 0 ? {} : { cookie: sent.map(({ name, value }) => `${name}=${value}`).join('; ') };
  }

  #keep(url: URL, headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...rest] = line.split(/;\s*/);
      const [name, value] = split(pair);
      const attributes = new Map(rest.map(split).map(([key, of]) => [key.toLowerCase(), of]));
      const path = attributes.get('path') ?? '/';
      const key = `${url.host} ${path} ${name}`;
      const expires = attributes.get('expires');
      const gone = attributes.get('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now());
      if (gone) this.cookies.delete(key);
      else this.cookies.set(key, { host: url.host, path, name, value });
    }
  }
}

/** The first form of the page that has this field. */
export function formWith(page: Page, field: string): Form {
  const found = formsOf(page).find(({ fields }) => field in fields);
  if (!found) throw new Error(`${page.url} answered ${String(page.status)}, but has no form with the field ${field}.`);
  return found;
}

export function formsOf({ url, body }: Page): Form[] {
  return [...body.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)].map(([, opening = '', content = '']) => {
    const { action, method } = attributesOf(opening);
    const fields: Record<string, string> = {};
    for (const [, input = ''] of content.matchAll(/<(?:input|button)\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)) {
      const { name, value, type, checked } = attributesOf(input);
      const isSent = name !== undefined && (!/^(checkbox|radio)$/i.test(type ?? '') || checked !== undefined);
      if (isSent) fields[name] = value ?? '';
    }
    return {
      action: new URL(action === undefined || action === '' ? url : action, url).href,
      method: method?.toUpperCase() === 'POST' ? 'POST' : 'GET',
      fields,
    };
  });
}

function attributesOf(tag: string): Partial<Record<string, string>> {
  const found = tag.matchAll(/([a-z_:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi);
  return Object.fromEntries(
    [...found].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decode(double ?? single ?? bare ?? ''),
    ]),
  );
}

const NAMED: Partial<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&', nbsp: '\u00A0' };

const decode = (text: string): string =>
  text.replaceAll(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (all, name: string) =>
    name.startsWith('#')
      ? String.fromCodePoint(Number(name.replace('#', '').replace(/^x/i, '0x')))
      : (NAMED[name] ?? all),
  );

function split(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

const isBelow = (pathname: string, path: string): boolean =>
  pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);

const stopped = ({ href }: URL): Page => ({ url: href, status: 0, body: '', headers: new Headers(), stopped: true });
