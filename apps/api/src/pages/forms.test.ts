import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { newPortal, PASSWORD, PUBLIC_URL, signedIn, visitor, type Visitor } from '../testing/page-visitor.ts';
import { jsonOf } from '../testing/serve.ts';

const NASTY = `"><script>alert('x')</script>&amp;`;

let gatehouse: ApiTest;
let portalId: string;
let ada: Visitor;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { PUBLIC_URL, RATE_LIMITS: 'off' } });
  portalId = await newPortal(gatehouse, 'open', { registration_auto_approval: true });
  await newPortal(gatehouse, 'waiting');
  ada = await signedIn(gatehouse, 'open', 'ada');
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

const stranger = (slug = 'open') => visitor(gatehouse, slug);
/** The HTML of one field. */
const fieldIn = (text: string, name: string): string =>
  (text.match(/<div class="field">[\s\S]*?<\/div>/g) ?? []).find((field) => field.includes(`name="${name}"`)) ?? '';
const product = async (fields: object) =>
  String(
    (
      await jsonOf(
        await gatehouse.api(`/api/portals/${portalId}/api_products`, { json: { status: 'published', ...fields } }),
      )
    )['id'],
  );

describe('an error in a form', () => {
  test('is shown at the top and next to its field, and in the status; the input is kept except for passwords', async () => {
    const { status, text } = await stranger().post('/register', {
      action: 'register',
      username: NASTY,
      email: 'no address',
      password: 'short-1',
    });
    expect(status).toBe(422);
    expect(text).toMatch(/<title>Error: Register/);
    expect(text).toContain('role="alert"');
    expect(text).toContain('<a href="#register-email">Email: Must be an email address</a>');
    const email = fieldIn(text, 'email');
    expect(email).toContain('aria-invalid="true"');
    expect(email).toMatch(/aria-describedby="register-email-fault"/);
    expect(email).toMatch(/id="register-email-fault">\s*Must be an email address/);
    expect(email).toContain('value="no address"');
    expect(fieldIn(text, 'username')).toContain(
      'value="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;"',
    );
    expect(fieldIn(text, 'username')).not.toContain('aria-invalid');
    expect(fieldIn(text, 'password')).toContain('aria-describedby="register-password-hint register-password-fault"');
    expect(text).not.toContain('short-1');
    expect(text.match(/ autofocus/g)).toHaveLength(1);
  });

  test('has the text of the page if the page has one', async () => {
    const form = { action: 'register', username: 'ADA', email: 'x@example.org', password: PASSWORD };
    const taken = await stranger().post('/register', form);
    expect([taken.status, fieldIn(taken.text, 'username')]).toEqual([
      409,
      expect.stringContaining('Choose another one.'),
    ]);
    const common = await stranger().post('/register', {
      ...form,
      username: 'my own long name',
      password: 'My own long name',
    });
    expect([common.status, fieldIn(common.text, 'password')]).toEqual([
      422,
      expect.stringContaining('too easy to guess'),
    ]);
    const wrong = await stranger().post('/sign_in', { action: 'sign_in', username: 'ada', password: 'wrong' });
    expect([wrong.status, wrong.text]).toEqual([401, expect.stringContaining('password is incorrect')]);
    expect(wrong.headers.getSetCookie()).toEqual([]);
  });

  test('with a mailed link is shown without a field', async () => {
    for (const [path, action] of [
      ['/verify_email', 'verify'],
      ['/password_reset', 'reset'],
      ['/undo_email_change', 'undo'],
    ] as const) {
      const { status, text } = await stranger().post(path, { action, token: 'none.1.x', password: PASSWORD });
      expect([status, text]).toEqual([422, expect.stringMatching(/<li>\s*This link is no longer valid/)]);
      expect(text).not.toContain('marked below');
    }
    const invited = { action: 'accept', token: `${portalId}.1.x`, password: PASSWORD };
    const { status, text } = await stranger().post('/invitation', invited);
    expect([status, text]).toEqual([403, expect.stringContaining('This invitation has expired or was already used.')]);
  });
});

test('a suspended developer sees the reason and the contact', async () => {
  await newPortal(gatehouse, 'strict', { registration_auto_approval: true, support_email: 'help@example.org' });
  const who = await signedIn(gatehouse, 'strict', 'eve');
  const portals = await jsonOf(await gatehouse.api('/api/portals?search=strict'));
  const [{ id }] = Object(portals['list']);
  const found = await jsonOf(await gatehouse.api(`/api/portals/${id}/developers?search=eve`));
  const [{ developer_id }] = Object(found['list']);
  const suspension = { json: { reason: 'Unpaid <invoices>' } };
  await gatehouse.api(`/api/portals/${id}/developers/${developer_id}/suspend`, suspension);
  expect((await who.get('')).location).toMatch(/sign_in$/);
  const form = { action: 'sign_in', username: 'eve', password: PASSWORD };
  const { status, text } = await who.post('/sign_in', form);
  expect([status, text]).toEqual([403, expect.stringContaining('Your account is suspended.')]);
  expect(text).toContain('Reason: Unpaid &lt;invoices&gt;. If you have questions, contact help@example.org.');
  const german = await who.post('/sign_in', form, { 'accept-language': 'de' });
  expect(german.text).toContain('Ihr Konto ist gesperrt. Grund: Unpaid &lt;invoices&gt;.');
  const wrong = await who.post('/sign_in', { ...form, password: 'wrong' });
  expect([wrong.status, wrong.text]).toEqual([401, expect.not.stringContaining('suspended')]);
  const elsewhere = await who.get('/sign_in?error=developer_not_active');
  expect(elsewhere.text).toContain('Your account is suspended. If you have questions, contact help@example.org.');
});

describe('a name', () => {
  test('is escaped on every page', async () => {
    const slug = 'nasty';
    const json = { name: NASTY, slug, settings: { registration_auto_approval: true } };
    const { id } = await jsonOf(await gatehouse.api('/api/portals', { json }));
    await gatehouse.api(`/api/portals/${String(id)}/api_products`, { json: { name: NASTY, status: 'published' } });
    const who = visitor(gatehouse, slug);
    const email = 'nasty@example.org';
    await who.post('/register', { action: 'register', username: NASTY, name: NASTY, email, password: PASSWORD });
    await who.post('/sign_in', { action: 'sign_in', username: NASTY, password: PASSWORD });
    const { location } = await who.post('/applications', { action: 'create', name: NASTY, desc: NASTY });
    const application = (location ?? '').replace(`/portals/${slug}`, '').split('?')[0] ?? '';
    await who.post(application, { action: 'create_key', name: NASTY });
    const texts = [(await who.get(`${application}/new_secret`)).text];
    for (const path of ['', '/applications', '/account', '/sessions', application, `/${encodeURIComponent(NASTY)}`])
      texts.push((await who.get(path)).text);
    for (const text of texts) {
      expect(text).toContain('&quot;&gt;&lt;script&gt;');
      expect(text).not.toMatch(/<script|">alert/);
    }
    expect(texts[5]).toMatch(/<option value="[\w-]+"\s*>&quot;&gt;&lt;script&gt;/);
  });
});

describe('an application', () => {
  let path: string;
  beforeAll(async () => {
    const { location } = await ada.post('/applications', { action: 'create', name: 'Shop', desc: '' });
    path = (location ?? '').replace('/portals/open', '').split('?')[0] ?? '';
  });

  test('has keys, each shown once', async () => {
    const made = await ada.post(path, { action: 'create_key', name: 'Till', expires_in: '30' });
    expect([made.status, made.location]).toEqual([303, `/portals/open${path}/new_secret`]);
    const [key = ''] = /gtk_[\w]{20,}/.exec((await ada.get(`${path}/new_secret`)).text) ?? [];
    expect(key).toMatch(/^gtk_/);
    // Reloading the page neither shows the key again nor creates another one.
    expect((await ada.get(`${path}/new_secret`)).text).toContain('This key was already shown');
    const listed = (await ada.get(path)).text;
    expect(listed).toContain('Till');
    for (const tag of ['summary', 'button'])
      expect(listed).toMatch(new RegExp(`<${tag}[^>]*>[^<]+ <span class="unseen">Till</span></${tag}>`));
    expect(listed).not.toContain(key);
    const [, credential_id = ''] = /name="credential_id" value="([\w-]+)"/.exec(listed) ?? [];
    await ada.post(path, { action: 'replace_key', credential_id, overlap_seconds: '3600' });
    const replaced = await ada.get(`${path}/new_secret`);
    expect(replaced.text).toMatch(/gtk_[\w]{20,}/);
    expect(replaced.text).not.toContain(key);
    const gone = await ada.post(path, { action: 'delete_key', credential_id });
    expect(gone.location).toBe(`/portals/open${path}?done=key_deleted`);
    expect((await ada.get(`${path}?done=key_deleted`)).text).toContain('No keys yet.');
    const twice = await ada.post(path, { action: 'delete_key', credential_id });
    expect([twice.status, twice.location]).toEqual([303, gone.location]);
  });

  test('can have a long description', async () => {
    const made = await ada.post('/applications', { action: 'create', name: 'Long', desc: '字'.repeat(10_000) });
    expect([made.status, made.location]).toEqual([303, expect.stringMatching(/application_created$/)]);
  });

  test('has usernames and passwords for APIs with basic-auth', async () => {
    const login = { action: 'create_login', name: 'Mail', 'basic-auth/username': 'mailer' };
    const common = await ada.post(path, { ...login, 'basic-auth/password': 'password1' });
    expect([common.status, fieldIn(common.text, 'basic-auth/password')]).toEqual([
      422,
      expect.stringContaining('id="create_login-basic-auth-password-fault"'),
    ]);
    expect(fieldIn(common.text, 'basic-auth/username')).toContain('value="mailer"');
    const made = await ada.post(path, { ...login, 'basic-auth/password': PASSWORD });
    expect(made.location).toBe(`/portals/open${path}?done=login_created`);
    const { text } = await ada.get(path);
    expect(text).toMatch(/Username and password[\s\S]*mailer/);
    expect(text).not.toContain('replace_key');
    const [, credential_id = ''] = /name="credential_id" value="([\w-]+)"/.exec(text) ?? [];
    expect((await ada.post(path, { action: 'delete_key', credential_id })).status).toBe(303);
  });

  test('subscribes immediately or after an approval, and unsubscribes', async () => {
    const [quick, slow] = [
      await product({ name: 'Quick', subscription_auto_approval: true }),
      await product({ name: 'Slow' }),
    ];
    await product({ name: 'Hidden', status: 'draft' });
    const { text } = await ada.get(path);
    expect(text).toMatch(/<option[^>]*>Quick/);
    expect(text).not.toContain('Hidden');
    const ask = (api_product_id: string) => ada.post(path, { action: 'subscribe', api_product_id });
    expect((await ask(quick)).location).toMatch(/done=subscribed$/);
    expect((await ask(slow)).location).toMatch(/done=subscription_asked$/);
    expect((await ask(slow)).location).toBe(`/portals/open${path}`);
    const after = (await ada.get(path)).text;
    expect(after).toContain('Awaiting approval');
    expect(after).toContain('reviews each request that is awaiting approval');
    expect(after).toContain('No other APIs are available.');
    for (const [, subscription_id = ''] of after.matchAll(/name="subscription_id" value="([\w-]+)"/g))
      expect((await ada.post(path, { action: 'unsubscribe', subscription_id })).location).toMatch(/removed$/);
    expect((await ada.get(path)).text).toContain('Not subscribed to any API yet.');
  });

  test('of another developer is not found', async () => {
    const eve = await signedIn(gatehouse, 'open', 'eve');
    expect((await eve.get(path)).status).toBe(404);
    expect((await eve.post(path, { action: 'create_key', name: 'x' })).status).toBe(404);
    expect((await eve.post(path, { action: 'delete' })).location).toBe('/portals/open/applications');
    expect((await ada.get(path)).status).toBe(200);
  });

  test('can be deleted', async () => {
    expect((await ada.post(path, { action: 'delete' })).location).toBe(
      '/portals/open/applications?done=application_deleted',
    );
    expect((await ada.get(path)).status).toBe(404);
  });
});

test('a long list has several pages', async () => {
  const who = await signedIn(gatehouse, 'open', 'many');
  for (let n = 0; n < 21; n += 1) await who.post('/applications', { action: 'create', name: `Number ${n}` });
  const [first, second] = [await who.get('/applications'), await who.get('/applications?page=2')];
  expect(first.text).toContain('href="/portals/open/applications?page=2"');
  expect(second.text).toContain('Number 0');
  expect(second.text).not.toContain('page=3');
  for (const page of ['0', '-1', 'x', '1e9', '9'.repeat(400)])
    expect((await who.get(`/applications?page=${page}`)).status).toBe(200);
});

test('a pending developer sees the status, and has read-only access', async () => {
  const who = await signedIn(gatehouse, 'waiting', 'grace');
  expect((await who.get('')).text).toContain('is awaiting approval');
  const { text } = await who.get('/applications');
  expect(text).toContain('is awaiting approval');
  expect(text).not.toContain('value="create"');
  const { status, text: refused } = await who.post('/applications', { action: 'create', name: 'Shop' });
  expect([status, refused]).toEqual([403, expect.stringContaining('Until then, you have read-only access.')]);
});

test('a developer changes the profile, ends sessions and deletes the account', async () => {
  const who = await signedIn(gatehouse, 'open', 'kay');
  expect((await who.get('')).text).toContain('kay@example.org is not confirmed yet');
  expect((await who.post('', { action: 'mail_again' })).location).toBe('/portals/open?done=link_mailed');
  expect((await who.post('/account', { action: 'save_name', name: 'Kay K.' })).location).toMatch(/done=saved$/);
  expect((await who.get('')).text).toContain('Hello, Kay K.');
  const email = { action: 'save_email', email: 'k@example.org' };
  const unproved = await who.post('/account', email);
  expect([unproved.status, fieldIn(unproved.text, 'current_password')]).toEqual([
    422,
    expect.stringContaining('id="save_email-current_password-fault"'),
  ]);
  expect((await who.post('/account', { ...email, current_password: 'wrong' })).status).toBe(403);
  expect((await who.post('/account', { ...email, current_password: PASSWORD })).location).toMatch(/done=email_saved$/);
  const pending = await who.get('/account');
  expect(pending.text).toContain('k@example.org is awaiting confirmation');
  expect(pending.text).toContain('Until then, kay@example.org stays in use.');
  expect((await who.post('/account', { action: 'mail_again' })).location).toMatch(/done=confirmation_mailed$/);
  expect((await who.post('/account', { action: 'keep_email' })).location).toMatch(/done=email_kept$/);
  expect((await who.get('/account')).text).not.toContain('awaiting confirmation');

  const elsewhere = stranger();
  await elsewhere.post('/sign_in', { action: 'sign_in', username: 'kay', password: PASSWORD });
  const sessions = (await who.get('/sessions')).text;
  expect(sessions).toMatch(/<button class="danger">Sign out/);
  const [, session_id = ''] = /name="session_id" value="([\w-]+)"/.exec(sessions) ?? [];
  expect((await who.post('/sessions', { action: 'end', session_id })).location).toMatch(/done=session_ended$/);
  expect((await elsewhere.get('')).status).toBe(303);

  await who.post('/applications', { action: 'create', name: 'Shop' });
  expect((await who.get('/account')).text).toContain('with 1 application, 0 keys and 0 subscriptions');
  const wrong = await who.post('/account', { action: 'delete', password: 'wrong' });
  expect([wrong.status, wrong.text]).toEqual([403, expect.stringContaining('<details open>')]);
  const gone = await who.post('/account', { action: 'delete', password: PASSWORD });
  expect(gone.location).toBe('/portals/open/sign_in?done=deleted');
  expect((await who.get('')).status).toBe(303);
});

test('signing out ends the session', async () => {
  const who = await signedIn(gatehouse, 'open', 'out');
  expect((await who.get('/sign_out')).text).toContain('Do you want to sign out?');
  const { location, headers } = await who.post('/sign_out', { action: 'sign_out' });
  expect(location).toBe('/portals/open/sign_in?done=signed_out');
  expect(headers.getSetCookie()[0]).toMatch(/^__Host-gatehouse_session=;/);
  expect((await who.get('')).status).toBe(303);
});
