import { Email, type EmailKind } from '@gatehouse/contract/email';
import { Locale } from '@gatehouse/contract/locale';
import { expect, test } from 'vitest';
import { MAILS } from './mails.ts';
import { renderHtml, renderText } from './mails/render.ts';

const expires_at = '2026-11-27T14:25:36.123Z';
const DATA = {
  portal: 'Acme <APIs>',
  portal_url: 'https://portal.example',
  name: 'Ada & Co',
  username: 'ada',
  link: 'https://portal.example/page?a=1&b=2',
  expires_at,
  version: '1',
  reason: 'Line one\nline two',
  support_email: 'help@example.org',
  application: 'Shop',
  api_product: 'Orders',
  approval_url: 'https://gatehouse.example/api/approvals/1',
  approvals_url: 'https://gatehouse.example/api/approvals?portal_id=1&status=pending',
  pending: [{ applicant: 'ada', application: 'Shop', product: 'Orders', id: '1' }],
  hasMore: true,
};
const ALL = Email.shape.kind.options.flatMap((kind) => Locale.options.map((locale) => ({ kind, locale })));

test.each(ALL)('$kind in $locale greets, signs and names no machine time', ({ kind, locale }) => {
  const { subject, blocks } = MAILS[kind](locale, DATA);
  expect(blocks.at(0)).toBe(locale === 'en' ? 'Hello Ada & Co,' : 'Guten Tag Ada & Co,');
  expect(blocks.at(-1)).toBe('Acme <APIs>');
  expect(blocks.filter((block) => typeof block !== 'string').length).toBeLessThanOrEqual(1);
  const text = renderText(blocks);
  expect(subject + text).not.toMatch(/\d{4}-\d\d|T\d\d:\d\d|undefined|null|NaN|\[object|\.\./);
  expect(subject).not.toContain('\n');
  const html = renderHtml({ locale, subject, blocks });
  expect(html).toContain(`<html lang="${locale}">`);
  expect(html).toContain('Acme &lt;APIs&gt;');
  expect(html).not.toContain('<APIs>');
});

test.each(ALL)('$kind in $locale is rendered without a name, a link or a front end', ({ kind, locale }) => {
  const { pending: _pending, hasMore: _hasMore, link: _link, name: _name, ...stored } = DATA;
  const { blocks } = MAILS[kind](locale, { ...stored, portal_url: null, reason: null, support_email: null });
  expect(blocks.at(0)).toBe(locale === 'en' ? 'Hello,' : 'Guten Tag,');
  expect(renderText(blocks)).not.toMatch(/undefined|null|\[object/);
});

test.each(ALL)('$kind in $locale is rendered after its data was made pseudonymous', ({ kind, locale }) => {
  const { pending: _pending, hasMore: _hasMore, link: _link, ...stored } = DATA;
  const erased = Object.fromEntries(Object.keys(stored).map((key) => [key, 'erased']));
  expect(renderText(MAILS[kind](locale, erased).blocks)).toContain('erased');
});

const textOf = (kind: EmailKind, data: object): string => renderText(MAILS[kind]('en', { ...DATA, ...data }).blocks);

test('a text shows where each link leads, and times for people', () => {
  const text = textOf('invitation', {});
  expect(text).toContain('Choose a password:\nhttps://portal.example/page?a=1&b=2\n');
  expect(text).toContain('The link works once, until 27 November 2026, 14:25 UTC.');
});

test.each([
  [{ expires_at: null }, 'You can sign in, and your keys work.'],
  [{ version: null }, 'Sign in with the one-time password that you were given. It works until 27 November'],
  [{}, 'To start using it, choose a password.\n\nChoose a password:\nhttps://'],
])('a reactivated account: %j', (data, sentence) => {
  expect(textOf('reactivated', data)).toContain(sentence);
});

test('the text is rendered each time it is read, and not with the subject', () => {
  const mail = MAILS.password_reset('en', DATA);
  expect(mail.blocks).not.toBe(mail.blocks);
  expect(mail.blocks).toEqual(mail.blocks);
});
