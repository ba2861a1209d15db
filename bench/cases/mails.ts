import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { PORTALS } from '../data/ids.ts';
import type { MailJob } from '../floors/mailer.ts';
import { type Bench, type BenchCase, CALLERS, requestFile, scaled } from '../harness/bench.ts';
import { type Child, startChild } from '../harness/child.ts';
import { cpuOf, cpuOfPostgres } from '../harness/cpu.ts';
import { parseLoad } from '../harness/load.ts';
import { acceptances } from '../harness/pending.ts';
import { startApi, startWorker } from '../harness/service.ts';
import { undoable } from '../harness/undo.ts';

const Seen = z.object({ mails: z.number(), last: z.number() });

/** How many mails go first, unmeasured, so that neither side is measured while its code is being compiled. */
const warmUpOf = (count: number): number => Math.ceil(count / 5);

/** Seconds after which the missing mails will not come. */
const PATIENCE = 120;

export const mails: BenchCase = {
  name: 'mails',
  about: 'P12, P13: mails rendered, sent and marked, and acceptances until their mails have arrived',
  async run(bench) {
    await using _undo = await undoable(bench.database);
    return await measure(bench);
  },
};

async function measure(bench: Bench) {
  await using sink = await startChild({ script: 'bench/floors/smtp-sink.ts', output: join(bench.scratch, 'sink.log') });
  await using api = await startApi(bench);
  const all = await acceptances(bench.database, [PORTALS.large]);
  const count = Math.min(scaled(bench, 3000), Math.floor(all.length / 2));
  const file = requestFile(bench, 'accept-mails', all);
  const accept = async () =>
    parseLoad(await bench.load.ask({ url: api.url, file, order: 'next', callers: CALLERS, count })).seconds;
  bench.say(`${String(count)} acceptances, then their mails, then both at once…`);
  const accepting = await accept();

  await using worker = await startWorker({ ...bench, env: { SMTP_URL: sink.url, MAIL_FROM: 'bench@example.org' } });
  const warm = await arrived(sink, warmUpOf(count));
  const used = [cpuOf(worker.pid), cpuOfPostgres(bench.postmaster)] as const;
  const sent = await arrived(sink, count);
  const mailed = sent.mails - warm.mails;
  const cpu: [number, number] = [
    (cpuOf(worker.pid) - used[0]) / mailed,
    (cpuOfPostgres(bench.postmaster) - used[1]) / mailed,
  ];
  const ours = mailed / ((sent.last - warm.last) / 1000);
  const floor = await bareMailer(bench, count);

  const begun = performance.timeOrigin + performance.now();
  await accept();
  const both = ((await arrived(sink, 2 * count)).last - begun) / 1000;
  const slower = Math.max(accepting, count / ours);
  return [
    {
      bar: 'P12',
      what: 'mails of a backlog',
      ours,
      floor: floor.rate,
      rate: ours / floor.rate,
      oursCpu: cpu,
      floorCpu: [floor.cpu, 0] satisfies [number, number],
      cpu: floor.cpu / (cpu[0] + cpu[1]),
      aim: '≥ 0.70 in requests',
      met: ours >= 0.7 * floor.rate,
    },
    {
      bar: 'P13',
      what: `${String(count)} acceptances to mails: ${(both / slower).toFixed(2)} × the slower of P7 and P12`,
      ours: count / both,
      aim: '≤ 1.3 ×',
      met: both <= 1.3 * slower,
    },
  ];
}

async function arrived(sink: Child, count: number) {
  const end = performance.now() + PATIENCE * 1000;
  for (;;) {
    const seen = Seen.parse(await sink.ask({}));
    if (seen.mails >= count) return seen;
    if (performance.now() > end) throw new Error(`${String(seen.mails)} of ${String(count)} mails arrived.`);
    await delay(20);
  }
}

/** Mails a second and CPU per mail of nodemailer alone, with a separate sink. */
async function bareMailer({ scratch }: Bench, count: number): Promise<{ rate: number; cpu: number }> {
  await using sink = await startChild({ script: 'bench/floors/smtp-sink.ts', output: join(scratch, 'sink.log') });
  await using mailer = await startChild({ script: 'bench/floors/mailer.ts', output: join(scratch, 'mailer.log') });
  await mailer.ask({ url: sink.url, count: warmUpOf(count) } satisfies MailJob);
  const [begun, cpu] = [performance.now(), cpuOf(mailer.pid)];
  await mailer.ask({ url: sink.url, count } satisfies MailJob);
  return { rate: count / ((performance.now() - begun) / 1000), cpu: (cpuOf(mailer.pid) - cpu) / count };
}
