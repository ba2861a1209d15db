/** Characters of a reason that are kept. */
const LONGEST_REASON = 500;

/**
 * Makes what a server or a library says fit to be shown: one line, bounded, without the password of the connection
 * string, in whatever form a server may echo it (as it is, or as AUTH LOGIN and AUTH PLAIN encode it).
 */
export function redactor(connectionString: string): (text: string) => string {
  const { username, password, searchParams } = new URL(connectionString);
  const user = decode(username) || (searchParams.get('user') ?? '');
  const secrets = [decode(password), searchParams.get('pass') ?? ''].filter((secret) => secret !== '');
  const forms = secrets.flatMap((secret) => [
    base64(`\0${user}\0${secret}`),
    base64(secret),
    encodeURIComponent(secret),
    secret,
  ]);
  return (text) => bounded([password, ...forms].reduce(without, text));
}

const without = (text: string, secret: string): string => (secret === '' ? text : text.replaceAll(secret, '[secret]'));
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** One line of at most 500 characters, as the delivery log keeps it. */
const bounded = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_REASON)
    .toWellFormed();

/** For the log, which holds nothing personal: servers quote the recipient in their replies. */
export const withoutAddresses = (text: string): string => text.replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;]+/g, '[address]');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
