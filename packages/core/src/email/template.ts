import type { z } from 'zod';

/** A paragraph, or a link that is a button in HTML. */
export type Block = string | { link: string; label: string };

/** One kind of mail: its data, subject and text. */
export type Template<D extends z.ZodObject = z.ZodObject> = {
  data: D;
  subject(data: z.output<D>): string;
  body(data: z.output<D>): Block[];
};

/** A template without its data type: it parses the data of the row. */
export type Mail = { subject(data: unknown): string; body(data: unknown): Block[] };

export function defineEmail<D extends z.ZodObject>({ data, subject, body }: Template<D>): Mail {
  return { subject: (raw) => subject(data.parse(raw)), body: (raw) => body(data.parse(raw)) };
}

const TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** `27 November 2026 at 14:25 UTC`. A pseudonymous mail holds no time, and its text is returned as it is. */
export const readableTime = (instant: string): string =>
  Number.isNaN(Date.parse(instant)) ? instant : `${TIME.format(new Date(instant))} UTC`;

export const renderText = (blocks: Block[]): string =>
  `${blocks.map((block) => (typeof block === 'string' ? block : block.link)).join('\n\n')}\n`;

export function renderHtml(subject: string, blocks: Block[]): string {
  const paragraphs = blocks.map((block) => `<p>${typeof block === 'string' ? withBreaks(block) : button(block)}</p>`);
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>`,
    `<body style="font-family: sans-serif; line-height: 1.5">${paragraphs.join('\n')}</body></html>`,
  ].join('\n');
}

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => HTML[character] ?? character);
const withBreaks = (text: string): string => escapeHtml(text).replaceAll('\n', '<br>\n');
const BUTTON = 'display: inline-block; padding: 10px 16px; border-radius: 4px; background: #1d4ed8; color: #ffffff';
const button = ({ link, label }: { link: string; label: string }): string =>
  `<a href="${escapeHtml(link)}" style="${BUTTON}">${escapeHtml(label)}</a>`;
