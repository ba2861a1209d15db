import './messages.ts';
import { z } from 'zod';

// Control characters, line and paragraph separators, and bidirectional overrides, which can make two names look alike.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
const UNPRINTABLE_BUT_LINES = /[^\P{Cc}\n\r\t]|[\u202A-\u202E\u2066-\u2069]/u;

const codePoints = (value: string): number => [...value].length;

/** UAX #15, section 13: stream-safe text. Longer runs stack marks over adjacent lines, and are slow to normalize. */
const MARKS_IN_A_ROW = /\p{M}{31}/u;

/** `exact`: stored byte for byte, because another program compares it or because it is hashed. */
type Rule = { min: number; max: number; unprintable: RegExp; exact?: boolean };

/** Text that is too long is rejected anyway, and normalizing it could be slow. */
const normalized = (value: string, max: number): string =>
  value.length > max * 4 || MARKS_IN_A_ROW.test(value) ? value : value.normalize('NFC');

// Lengths count characters (code points), as in JSON Schema. Zod's own min and max count UTF-16 units.
const sized = ({ min, max, unprintable, exact = false }: Rule) =>
  z
    .string()
    .overwrite((value) => (exact ? value : normalized(value, max)))
    .superRefine((value, context) => {
      const length = value.length > max * 2 ? value.length : codePoints(value);
      if (length < min)
        context.addIssue({
          code: 'too_small',
          origin: 'string',
          minimum: min,
          inclusive: true,
          input: value,
          message: min === 1 ? 'Must not be empty' : `Must have at least ${min} characters`,
        });
      if (length > max)
        context.addIssue({
          code: 'too_big',
          origin: 'string',
          maximum: max,
          inclusive: true,
          input: value,
          message: `Must have at most ${max} characters`,
        });
      if (!value.isWellFormed())
        context.addIssue({ code: 'custom', message: 'Must be well-formed Unicode (no lone surrogates)' });
      else if (unprintable.test(value))
        context.addIssue({ code: 'custom', message: 'Must not contain control characters' });
      if (!exact && MARKS_IN_A_ROW.test(value))
        context.addIssue({ code: 'custom', message: 'Must not stack more than 30 combining marks' });
    })
    .meta({ minLength: min, maxLength: max });

/** One line of text in NFC: no control characters, no lone surrogates; length in characters. */
export const line = (max: number, min = 1) => sized({ min, max, unprintable: UNPRINTABLE });

/** A line that is stored unchanged: a password, or a name that another program compares. */
export const exactLine = (max: number, min = 1) => sized({ min, max, unprintable: UNPRINTABLE, exact: true });

/** Characters that are invisible, or that programs display differently (UAX #44, UTS #39). */
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Co}\uFFF9-\uFFFB\u{13430}-\u{1343F}]/u;
/**
 * Excludes two characters that are blank although Unicode calls them symbols (Braille pattern blank, null notehead).
 */
const VISIBLE = /(?![\u2800\u{1D159}])[\p{L}\p{N}\p{P}\p{S}]/u;
/**
 * ZWNJ and ZWJ after a letter or mark of a script that joins its letters (UAX #31, section 2.3), and the joiners in
 * emoji, keycaps and regional flags (UTS #51, ED-14).
 */
const JOINED =
  /(?<=[\p{scx=Arab}\p{scx=Syrc}\p{scx=Nko}\p{scx=Mong}\p{scx=Adlm}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}])(?<=[\p{L}\p{M}])[\u200C\u200D]|(?<=\p{Extended_Pictographic}\p{EMod}?)\uFE0F|(?<=\p{Extended_Pictographic}[\p{EMod}\uFE0F]?)\u200D(?=\p{Extended_Pictographic})|(?<=[0-9#*])\uFE0F(?=\u20E3)|(?<=\u{1F3F4})[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F}/gu;

const withoutJoints = (value: string): string => value.replaceAll(JOINED, '');

/** A name that people read and retype: visible, and without surrounding white space. */
export const label = (max: number) =>
  line(max)
    .refine((value) => value.trim() === value, { message: 'Must not begin or end with a space' })
    .refine((value) => !INVISIBLE.test(withoutJoints(value)), {
      message: 'Must not contain invisible or private-use characters',
    })
    .refine((value) => value === '' || VISIBLE.test(value.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')), {
      message: 'Must contain a visible character',
    });

/** Multi-line text in NFC. Other control characters are rejected. */
export const prose = (max: number) => sized({ min: 0, max, unprintable: UNPRINTABLE_BUT_LINES });

/** The reason for a decision. Trimmed, so that spaces alone are not a reason. */
export const reason = prose(1000).overwrite((text) => text.trim());

/** Multi-line text that is stored unchanged: a secret, a certificate, a document. */
export const exactProse = (max: number) => sized({ min: 0, max, unprintable: UNPRINTABLE_BUT_LINES, exact: true });

/** An opaque string that is stored and returned unchanged. */
export const opaque = (max: number) =>
  z
    .string()
    .refine((value) => codePoints(value) <= max, { message: `Must have at most ${max} characters` })
    .refine((value) => value.isWellFormed() && !value.includes('\0'), {
      message: 'Must be well-formed Unicode without NUL',
    })
    .meta({ maxLength: max });

/** Characters that end a domain in a URL, or that a URL parser drops. */
const OUTSIDE_DOMAINS = /[\s%/\\?#@:[\]<>^|]/;

/**
 * The address with its domain in ASCII, as mail servers expect it (RFC 5891): `ada@bücher.example` becomes
 * `ada@xn--bcher-kva.example`. Returns text without an international domain unchanged.
 */
export function asciiAddress(text: string): string {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  if (at < 0 || text.length > 1000 || /^\p{ASCII}*$/u.test(domain) || OUTSIDE_DOMAINS.test(domain)) return text;
  const url = `http://${domain}`;
  return URL.canParse(url) ? text.slice(0, at + 1) + new URL(url).hostname : text;
}

/**
 * An email address (the rule of the HTML standard, at most 254 characters: RFC 5321 with erratum 1690). International
 * domains are stored in ASCII.
 */
export const emailAddress = z
  .string()
  .overwrite(asciiAddress)
  .regex(z.regexes.html5Email, 'Must be an email address')
  .max(254)
  .meta({ format: 'email' });

/** RFC 5321, 4.5.3.1.1. */
const LONGEST_LOCAL_PART = 64;

/** An email address that is about to be stored. Records may hold longer ones, which were accepted earlier. */
export const newEmailAddress = emailAddress.refine(
  (text) => text.lastIndexOf('@') <= LONGEST_LOCAL_PART,
  'Must have at most 64 characters before the @',
);

/** A domain name. International ones are stored in ASCII. */
export const domainName = z
  .string()
  .overwrite((text) => asciiAddress(`@${text}`).slice(1))
  .regex(z.regexes.hostname, 'Must be a domain name')
  .max(253)
  .meta({ format: 'hostname' });

/** The limits for the labels of one record. `bytes` counts keys and values together, in UTF-8. */
const MOST_LABELS = { count: 64, bytes: 16_384 };

/** The limit that these labels exceed, or null. Keys that a patch removes do not count towards the bytes. */
export function labelsFault(labels: Record<string, string | null>): string | null {
  const entries = Object.entries(labels);
  if (entries.length > MOST_LABELS.count) return `Must have at most ${MOST_LABELS.count} labels`;
  const bytes = entries.reduce((sum, [key, value]) => sum + (value === null ? 0 : bytesIn(key) + bytesIn(value)), 0);
  return bytes > MOST_LABELS.bytes ? 'Must have at most 16,384 bytes of keys and values in total (UTF-8)' : null;
}

const bytesIn = (text: string): number => new TextEncoder().encode(text).length;

function checkLabels(labels: Record<string, string | null>, context: z.RefinementCtx): void {
  const message = labelsFault(labels);
  if (message !== null) context.addIssue({ code: 'custom', message });
}

const LABELS = 'At most 64 labels, with at most 16,384 bytes of keys and values in total (UTF-8).';

export const Labels = z.record(label(128), line(4096)).superRefine(checkLabels).meta({ description: LABELS });

/** RFC 7396: a value sets the key, null removes it, and absent keys stay. */
export const LabelsPatch = z
  .record(label(128), line(4096).nullable())
  .superRefine(checkLabels)
  .meta({ description: `${LABELS} The same limits apply to the resulting labels.` });

export const Timestamp = z.iso.datetime({ precision: 3 });

/** A URL to append a path to: without query, fragment, username or password. */
export const BaseUrl = z
  .url({ protocol: /^https?$/, error: 'Must be an http or https URL' })
  .max(2048)
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { username, password } = new URL(text);
    return username === '' && password === '' && !/[?#]/.test(text);
  }, 'Must have no query, fragment, username or password');

/** Ids of records: UUIDv7 (RFC 9562). */
export const Id = z.uuid();

/** Ids in paths are only bounded, because a malformed id is handled as an unknown one (404). */
export const PathId = z.string().max(512);
