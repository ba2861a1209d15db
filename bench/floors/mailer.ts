import { createTransport } from 'nodemailer';
import { z } from 'zod';

const Job = z.strictObject({ url: z.string(), count: z.number() });
export type MailJob = z.infer<typeof Job>;

/** Text of the length of a mail about an accepted registration. */
const LINE = 'Your registration at Large was approved. Your account is now active.';
const text = Array.from({ length: 8 }, () => LINE).join('\n');

/** The floor B of mails: a pool of 20 connections, without a database. */
async function send({ url, count }: MailJob): Promise<void> {
  const transport = createTransport({ pool: true, url, maxConnections: 20, maxMessages: Infinity, logger: false });
  const mails = Array.from({ length: count }, (_, n) =>
    transport.sendMail({
      from: 'bench@example.org',
      to: `developer-${String(n)}@example.org`,
      subject: LINE,
      text,
      html: `<p>${text}</p>`,
    }),
  );
  await Promise.all(mails);
  transport.close();
}

const usage = 'Started by npm run bench: sends mails with nodemailer alone.';

if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`);
else {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message) => void send(Job.parse(message)).then(() => process.send?.({})));
  process.send?.({});
}
