/**
 * The reply of a mail server. `command`: the command it replies to, as nodemailer names it (`MAIL FROM`, `AUTH PLAIN`).
 */
export type Reply = { code: number; text: string; command: string };

type Verdict = { status: 'failed' } | { status: 'queued'; refusesUs: boolean };

/** Authentication required, mechanism too weak, credentials rejected, encryption required (RFC 4954, section 6). */
const AUTHENTICATION = new Set([530, 534, 535, 538]);
/** The server did not expect the command in this state of the connection. */
const BAD_SEQUENCE = 503;
/** Enhanced codes (RFC 3463) about security or policy, or about the sender address, which all mails share. */
const ABOUT_US = /^5\.(7\.\d+|1\.[78])$/;
const ENHANCED = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/;

type Rule = { when(reply: Reply): boolean; verdict: Verdict };

const LATER: Verdict = { status: 'queued', refusesUs: false };
const REFUSES_US: Verdict = { status: 'queued', refusesUs: true };

/**
 * The first matching rule applies. Only a refusal of this recipient or content is final. A refusal of the service
 * itself would fail every mail until an operator has fixed its cause.
 */
const RULES: Rule[] = [
  { when: ({ code }) => code < 500, verdict: LATER },
  { when: ({ code }) => code === BAD_SEQUENCE, verdict: LATER },
  { when: ({ code }) => AUTHENTICATION.has(code), verdict: REFUSES_US },
  // These commands come before anything that differs between mails.
  { when: ({ command }) => command !== 'RCPT TO' && command !== 'DATA', verdict: REFUSES_US },
  { when: ({ command, text }) => command === 'RCPT TO' && ABOUT_US.test(enhancedCodeOf(text)), verdict: REFUSES_US },
];

/** The fate of a mail. Without a reply, the server was unreachable or did not respond in time. */
export function judgeReply(reply: Reply | null): Verdict {
  if (reply === null) return LATER;
  return RULES.find(({ when }) => when(reply))?.verdict ?? { status: 'failed' };
}

const enhancedCodeOf = (text: string): string => ENHANCED.exec(text)?.[1] ?? '';
