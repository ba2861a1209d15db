import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readValidation } from './cas.validate.ts';
import { SsoError } from './sso-error.ts';

const NS = 'xmlns:cas="http://www.yale.edu/tp/cas"';
const response = (inside: string, namespace = NS): string =>
  `<?xml version="1.0"?>\n<cas:serviceResponse ${namespace}>\n  ${inside}\n</cas:serviceResponse>\n`;
const success = (inside: string): string => `<cas:authenticationSuccess>${inside}</cas:authenticationSuccess>`;
const user = (name: string): string => `<cas:user>${name}</cas:user>`;
const FAILURE = '<cas:authenticationFailure code="INVALID_TICKET">no</cas:authenticationFailure>';
const successFor = (name: string): string => response(success(user(name)));
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${String(character.codePointAt(0))};`);

test.each([
  ['alice', 'alice'],
  ['007', '007'],
  ['1e3', '1e3'],
  ['true', 'true'],
  ['\n    alice\n  ', 'alice'],
  ['zoé', 'zoé'],
  ['zo&#233;', 'zoé'],
  ['zo&#xE9;', 'zoé'],
  ['zo&amp;#233;', 'zo&#233;'],
  ['a&amp;lt;b', 'a&lt;b'],
  ['&lt;b&gt;&quot;&apos;', `<b>"'`],
  ['<![CDATA[a&amp;b<c>]]>', 'a&amp;b<c>'],
  ['ad<![CDATA[min]]>', 'admin'],
  ['\u00A0alice\u00A0', '\u00A0alice\u00A0'],
  ['__proto__', '__proto__'],
])('reads the user %j as %j', (written, read) => {
  expect(readValidation(successFor(written))).toEqual({ user: read, attributes: new Map() });
});

test.each([
  ['another prefix', successFor('alice').replaceAll('cas:', 'x:').replace('xmlns:cas', 'xmlns:x')],
  ['no prefix', successFor('alice').replaceAll('cas:', '').replace('xmlns:cas', 'xmlns')],
  ['a comment next to the element', response(`<!-- ${FAILURE} -->${success(user('alice'))}`)],
])('accepts a response with %s', (_, xml) => {
  expect(readValidation(xml)).toMatchObject({ user: 'alice' });
});

test('reads the attributes in the CAS namespace, and the first value of each', () => {
  const attributes = `<cas:attributes xmlns:x="urn:x"><cas:mail>a@example.test</cas:mail><cas:mail>b@example.test</cas:mail>
    <x:name>not ours</x:name><cas:deep><cas:mail>c@example.test</cas:mail></cas:deep></cas:attributes>`;
  expect(readValidation(response(success(user('alice') + attributes)))).toEqual({
    user: 'alice',
    attributes: new Map([['mail', 'a@example.test']]),
  });
});

test.each([
  ['nothing', ''],
  ['a word', 'yes\nalice'],
  ['JSON', '{"serviceResponse":{"authenticationSuccess":{"user":"alice"}}}'],
  ['HTML', '<!doctype html><title>Sign in</title>'],
  ['unclosed', successFor('alice').replace('</cas:serviceResponse>', '')],
  ['closed wrongly', successFor('alice').replace('</cas:user>', '</cas:username>')],
  ['two documents', successFor('alice') + successFor('bob').replace(/<\?.*\?>/, '')],
  ['no namespace', response(success(user('alice')), '')],
  ['another namespace under the same prefix', response(success(user('alice')), 'xmlns:cas="urn:x"')],
  [
    'another namespace for success',
    successFor('alice').replace('<cas:authenticationSuccess>', '<cas:authenticationSuccess xmlns:cas="urn:x">'),
  ],
  ['another namespace for user', successFor('alice').replace('<cas:user>', '<cas:user xmlns:cas="urn:x">')],
  [
    'only the prefix differs',
    successFor('alice').replaceAll('cas:user', 'x:user').replace(NS, `${NS} xmlns:x="urn:x"`),
  ],
  ['another root', success(user('alice')).replace('Success>', `Success ${NS}>`)],
  ['no outcome', response('')],
  ['success twice', response(success(user('alice')) + success(user('bob')))],
  ['success and failure', response(success(user('alice')) + FAILURE)],
  ['failure and success', response(FAILURE + success(user('alice')))],
  ['an element next to success', response(`${success(user('alice'))}<x/>`)],
  ['success nested in another element', response(`<cas:x>${success(user('alice'))}</cas:x>`)],
  ['a proxy ticket response', response('<cas:proxySuccess><cas:proxyTicket>PT-1</cas:proxyTicket></cas:proxySuccess>')],
  [
    'a proxy ticket',
    response(success(`${user('alice')}<cas:proxies><cas:proxy>https://x.test</cas:proxy></cas:proxies>`)),
  ],
  ['no user', response(success(''))],
  ['two users', response(success(user('alice') + user('bob')))],
  ['a user in a comment', response(success(`<!-- ${user('alice')} -->`))],
  ['a user in attributes', response(success(`<cas:attributes>${user('alice')}</cas:attributes>`))],
  ['an empty user', successFor('')],
  ['a blank user', successFor(' \n ')],
  ['a user with a comment', successFor('ad<!-- -->min')],
  ['a user with a comment at the end', successFor('admin<!-- -->.evil')],
  ['a user with an element', successFor('ad<cas:b>min</cas:b>')],
  ['a user with a line break', successFor('ad\nmin')],
  ['a user with NUL', successFor('admin\0')],
  ['a username that is too long', successFor('a'.repeat(1001))],
  ['a reference to an unknown entity', successFor('ad&nope;min')],
  ['a reference named like a JavaScript property', successFor('&constructor;')],
  ['a reference that only HTML defines', successFor('&copy;')],
  ['a reference to NUL', successFor('admin&#0;')],
  ['a reference to a surrogate', successFor('admin&#xD800;')],
  ['a reference beyond Unicode', successFor('admin&#x110000;')],
  ['a reference without a semicolon', successFor('admin&amp')],
  ['a document type', `<!DOCTYPE x>${successFor('alice')}`],
  ['an entity', `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${successFor('&e;')}`],
  [
    'entities of entities',
    `<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>${successFor('&c;')}`,
  ],
  ['an element named like a JavaScript property', successFor('alice').replaceAll('cas:user', '__proto__')],
  [
    'many namespaces around many elements',
    response(
      success(`${user('alice')}<cas:attributes>${'<a/>'.repeat(8000)}</cas:attributes>`),
      `${NS} ${Array.from({ length: 1900 }, (_, at) => `xmlns:a${at}="u"`).join(' ')}`,
    ),
  ],
  ['deep nesting', `${`<cas:x ${NS}>`.repeat(5000)}${'</cas:x>'.repeat(5000)}`],
])('rejects a response with %s', (_, xml) => {
  expect(() => readValidation(xml.replace(/^(<!DOCTYPE.*)<\?xml.*\?>/s, '$1'))).toThrow(
    expect.objectContaining({ name: 'SsoError', reason: 'invalid_answer' }),
  );
});

test.each([
  [FAILURE, 'INVALID_TICKET'],
  [FAILURE.replace('no</', `<![CDATA[${success(user('alice'))}]]></`), 'INVALID_TICKET'],
  [FAILURE.replace('no</', `${success(user('alice'))}</`), 'INVALID_TICKET'],
])('reads the failure code only from the code attribute: %s', (inside, code) => {
  expect(readValidation(response(inside))).toEqual({ refusedAs: code });
});

test('reads every name unchanged that XML can express', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (name) => {
      fc.pre(!/\p{Cc}|[\uFFFE\uFFFF]|^ | $/u.test(name));
      expect(readValidation(successFor(escaped(name)))).toMatchObject({ user: name });
    }),
  );
});

test('returns a validation with a name from the response, or throws an SsoError, for any input', () => {
  const xml = response(success(`${user('alice')}<cas:attributes><cas:mail>a@example.test</cas:mail></cas:attributes>`));
  const piece = fc.oneof(
    fc.constantFrom(
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '</cas:user>',
      '<cas:user>',
      FAILURE,
      '&',
      ';',
      '<',
      '>',
      '"',
      '<?',
      '?>',
      'xmlns:cas="urn:x"',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const where = fc.nat(xml.length);
  let [read, refused] = [0, 0];
  fc.assert(
    fc.property(fc.array(fc.tuple(where, fc.nat(12), piece), { minLength: 1, maxLength: 3 }), (changes) => {
      const changed = changes.reduce((text, [at, gone, put]) => text.slice(0, at) + put + text.slice(at + gone), xml);
      try {
        const validation = readValidation(changed);
        read += 1;
        if ('user' in validation) expect(changed).toContain(validation.user);
      } catch (error) {
        refused += 1;
        expect(error).toBeInstanceOf(SsoError);
      }
    }),
    { numRuns: 2000 },
  );
  expect(Math.min(read, refused)).toBeGreaterThan(20);
});
