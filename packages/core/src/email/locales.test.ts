import { EmailId } from '@gatehouse/contract/ids';
import { expect, it } from 'vitest';
import { register } from '../auth/register.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import { updateDeveloper } from '../developer/update-developer.ts';
import { getMe } from '../me/get-me.ts';
import { updateMe } from '../me/update-me.ts';
import { updatePortal } from '../portal/update-portal.ts';
import { admin, anonymous, coreTest, PASSWORD, worker } from '../testing/core-test.ts';
import { inPersonAs, signIn } from '../testing/in-person.ts';
import { composeEmail } from '../testing/compose-email.ts';

const test = coreTest();

type LanguageWishes = { accepted?: 'en' | 'de'; locale?: 'en' | 'de' };

const registerIn = (portal_id: string, { accepted, locale }: LanguageWishes = {}) =>
  register.execute(
    { ...test.as(anonymous), ...(accepted ? { locale: accepted } : {}) },
    { portal_id, username: 'ada', email: 'ada@example.org', password: PASSWORD, ...(locale ? { locale } : {}) },
  );
const localesIn = async (portal_id: string) =>
  (await listDevelopers.execute(test.as(admin()), { portal_id })).list.map(({ locale }) => locale);
const mailsIn = (portal_id: string) =>
  test.rows<{ id: string; subject: string }>('select id, subject from email where portal_id = ? order by id', [
    portal_id,
  ]);
const subjectsIn = async (portal_id: string) => (await mailsIn(portal_id)).map(({ subject }) => subject);

it.each<[LanguageWishes, string | null, string]>([
  [{}, null, 'Bestätigen Sie Ihre E-Mail-Adresse'],
  [{ accepted: 'en' }, 'en', 'Confirm your email address'],
  [{ accepted: 'en', locale: 'de' }, 'de', 'Bestätigen Sie Ihre E-Mail-Adresse'],
])('a registration in a German portal with %j', async (asked, locale, subject) => {
  const portal_id = await test.portal({ locale: 'de', approver_emails: ['approver@example.org'] });
  await registerIn(portal_id, asked);
  expect(await localesIn(portal_id)).toEqual([locale]);
  expect(await subjectsIn(portal_id)).toEqual([subject, 'Neue Registrierung zur Freigabe: ada']);
});

it('a mail keeps the language in which it was queued', async () => {
  const portal_id = await test.portal({ locale: 'de', registration_auto_approval: true });
  await registerIn(portal_id);
  await updatePortal.execute(test.as(admin()), { portal_id, settings: { locale: 'en' } });
  const [mail] = await mailsIn(portal_id);
  expect(await composeEmail(test.as(worker), EmailId.parse(mail?.id ?? ''))).toMatchObject({
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    text: expect.stringContaining('Guten Tag,'),
    html: expect.stringContaining('<html lang="de">'),
  });
});

it('developers and admins change the language, and the owner of an address is written to in theirs', async () => {
  const portal_id = await test.portal({ registration_auto_approval: true });
  await registerIn(portal_id, { accepted: 'en' });
  const { token, developer } = await signIn(test, portal_id, { username: 'ada' });
  const me = () => inPersonAs(test, token);
  expect(await updateMe.execute(await me(), { locale: null })).toMatchObject({ locale: null });
  expect(await updateMe.execute(await me(), { locale: 'de' })).toMatchObject({ locale: 'de' });
  const { developer_id } = developer;
  const set = { portal_id, developer_id, email: 'set@example.org' };
  expect(await updateDeveloper.execute(test.as(admin()), { ...set, locale: 'en' })).toMatchObject({ locale: 'en' });
  expect(await updateDeveloper.execute(test.as(admin()), { ...set, locale: 'de' })).toMatchObject({ locale: 'de' });
  expect(await getMe.execute(await me(), {})).toMatchObject({ locale: 'de' });
  const [event] = await test.rows(`select changed from event where name = 'developer.updated' order by id limit 1`);
  expect(event).toEqual({ changed: ['locale'] });

  await register.execute(test.as(anonymous), {
    portal_id,
    username: 'eve',
    email: 'set@example.org',
    password: PASSWORD,
  });
  expect((await subjectsIn(portal_id)).at(-1)).toMatch(/^Sie haben bereits ein Konto bei /);
});

it('an invitation is in the language that the admin chose', async () => {
  const portal_id = await test.portal();
  const input = { portal_id, username: 'ada', email: 'ada@example.org', locale: 'de' } as const;
  expect(await inviteDeveloper.execute(test.as(admin()), input)).toMatchObject({ locale: 'de' });
  expect(await subjectsIn(portal_id)).toEqual([expect.stringMatching(/^Einladung zu /)]);
});
