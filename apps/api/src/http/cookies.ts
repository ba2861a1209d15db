import type { Request, Response } from 'express';

/** The address where browsers reach the service. It decides how cookies are named and kept (RFC 6265bis section 4.1.3). */
export type PublicAddress = { publicUrl: string };

type Cookie = {
  name: string;
  sameSite: 'lax' | 'strict';
  /** Below which browsers send it, unless the name demands all paths. */
  path?: string;
};
type Term = { expires: Date } | { maxAge: number };

export const isHttps = ({ publicUrl }: PublicAddress): boolean => publicUrl.startsWith('https:');

/** `__Host-` keeps other hosts of the same domain from setting the cookie, and demands https and the path `/`. */
export const cookieName = (address: PublicAddress, name: string): string =>
  `${isHttps(address) ? '__Host-' : ''}gatehouse_${name}`;

/** A cookie that scripts cannot read. */
export function hostCookie(address: PublicAddress, { name, sameSite, path = '/' }: Cookie) {
  const fullName = cookieName(address, name);
  const secure = isHttps(address);
  const attributes = { httpOnly: true, secure, sameSite, path: secure ? '/' : path };
  return {
    /** Null if the browser sends none. */
    read(req: Pick<Request, 'headers'>): string | null {
      const [, value = ''] = cookiesOf(req).find(([each]) => each === fullName) ?? [];
      return value === '' ? null : value;
    },
    keep(res: Response, value: string, term: Term): void {
      res.cookie(fullName, value, { ...attributes, ...term });
    },
    drop(res: Response): void {
      res.clearCookie(fullName, attributes);
    },
  };
}

/** The name and the value of each cookie that the browser sends. */
export const cookiesOf = ({ headers }: Pick<Request, 'headers'>): (readonly [name: string, value: string])[] =>
  (headers.cookie ?? '').split(';').map((cookie) => {
    const [name = '', ...value] = cookie.trim().split('=');
    return [name, value.join('=')];
  });

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether another site may have caused the browser to send this change with its cookies. `Sec-Fetch-Site`, or else
 * `Origin`, proves that a page of one of `urls` sent it.
 */
export function mayBeForeign(req: Pick<Request, 'method' | 'headers'>, urls: (string | null)[]): boolean {
  if (READS.has(req.method) || req.headers['sec-fetch-site'] === 'same-origin') return false;
  const { origin } = req.headers;
  return origin === undefined || !urls.some((url) => url !== null && URL.parse(url)?.origin === origin);
}
