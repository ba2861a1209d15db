/** Characters of a reason that are stored. */
const LONGEST_REASON = 500;

/**
 * Makes the text of a server or library safe to show: one line, bounded, and without the password of the connection
 * string. Servers may echo the password as it is, or as AUTH LOGIN and AUTH PLAIN encode it.
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

/** One line of at most 500 characters, the limit of the delivery log. */
const bounded = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_REASON)
    .toWellFormed();

/** For logs, which must not contain personal data: servers quote the recipient in their replies. */
export const withoutAddresses = (text: string): string => text.replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;]+/g, '[address]');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
