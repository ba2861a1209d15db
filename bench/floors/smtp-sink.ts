import { createServer } from 'node:net';

/** A mail server that accepts everything and counts. It answers each message of its parent with the counts so far. */
const seen = { mails: 0, last: 0 };

const REPLIES: [command: RegExp, reply: string][] = [
  [/^EHLO/i, '250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8'],
  [/^DATA/i, '354 go on'],
  [/^QUIT/i, '221 bye'],
  [/^/, '250 ok'],
];

const server = createServer({ noDelay: true }, (socket) => {
  let rest = '';
  let isMail = false;
  socket.on('error', () => undefined);
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (isMail && line !== '.') continue;
      if (isMail) count();
      isMail = !isMail && /^DATA/i.test(line);
      const reply = REPLIES.find(([command]) => command.test(line))?.[1] ?? '';
      socket.write(`${reply}\r\n`);
    }
  });
  socket.write('220 sink\r\n');
});

function count(): void {
  seen.mails += 1;
  seen.last = performance.timeOrigin + performance.now();
}

const usage = 'Started by npm run bench: a mail server that accepts and counts mails.';

if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`);
else {
  process.on('disconnect', () => process.exit(0));
  process.on('message', () => process.send?.(seen));
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object')
      process.send?.({ url: `smtp://127.0.0.1:${String(address.port)}` });
  });
}
