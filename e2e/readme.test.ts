import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, recordOf } from './api.ts';
import { startSystem, type System } from './system.ts';

type Block = { language: string; code: string };
/** The commands of a block, and the response that is printed below, if any. */
type Step = { commands: string; answer: Block | null };

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const client = new URL('../packages/client/src/index.ts', import.meta.url);

let system: System;
let environment: Record<string, string>;
beforeAll(async () => {
  // The address in the responses of the README.
  system = await startSystem({ env: { PUBLIC_URL: 'http://127.0.0.1:3000' } });
  const { body } = await call(system, 'POST /api/portals', { body: { name: 'Default', slug: 'default' } });
  environment = {
    PATH: process.env['PATH'] ?? '',
    GATEHOUSE: system.url,
    TOKEN: system.adminToken,
    PORTAL: String(body['id']),
  };
});
afterAll(() => system?.[Symbol.asyncDispose]());

/** The code blocks below a heading of the second level, up to the next one. */
function blocksBelow(heading: string): Block[] {
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = '', code = '']) => ({ language, code }));
}

function stepsOf(blocks: Block[]): Step[] {
  return blocks.flatMap(({ language, code }, index) => {
    const next = blocks[index + 1];
    const answer = next && ['json', 'http'].includes(next.language) ? next : null;
    return language === 'sh' ? [{ commands: code, answer }] : [];
  });
}

/** Replaces what differs from run to run: ids, times, secrets, the version of curl, and the name of the token. */
const steady = (output: string): string =>
  output
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/dev_[0-9A-Za-z]{20}/g, 'DEVELOPER')
    .replaceAll(/gth_(admin|portal)_[\w-]+/g, 'TOKEN')
    .replaceAll(/gtk_\w+/g, 'KEY')
    .replaceAll(/curl\/[\d.]+/g, 'curl')
    .replaceAll('"bootstrap"', '"npm start"');

/** Parses JSON of the README. An object that ends in `…` can have more fields. */
const parsePrinted = (json: string): unknown => expectationOf(JSON.parse(json.replaceAll(/,\s*…/g, ', "…": null')));

function expectationOf(printed: unknown): unknown {
  if (Array.isArray(printed)) return printed.map(expectationOf);
  if (typeof printed !== 'object' || printed === null) return printed;
  const { '…': more, ...fields } = recordOf(printed);
  const expected = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, expectationOf(value)]));
  return more === null ? expect.objectContaining(expected) : expected;
}

type Answer = { head: unknown; body: unknown };

/** Has a head only for `curl -i`. */
function actualAnswer(output: string): Answer {
  const text = steady(output.replaceAll('\r', '')).trim();
  const [head = '', body = ''] = text.startsWith('HTTP/') ? text.split('\n\n') : ['', text];
  return { head: head.split('\n'), body: body === '' ? null : JSON.parse(body) };
}

function printedAnswer({ language, code }: Block): Answer {
  const text = steady(code).trim();
  const [head = '', body = ''] = language === 'http' ? text.split('\n\n') : ['', text];
  const lines = head.split('\n').filter((line) => line !== '…');
  return { head: expect.arrayContaining(lines), body: body === '' ? null : parsePrinted(body) };
}

it('the commands of the tour, pasted in order, answer as the README prints', async () => {
  const steps = stepsOf(blocksBelow('A tour with curl'));
  expect(steps.length).toBeGreaterThan(20);
  const script = steps.map(({ commands }, index) => `${commands}\nprintf '\\n@@@ %s\\n' ${index}`);
  const { stdout } = await promisify(execFile)('bash', ['-c', ['set -e', ...script].join('\n')], { env: environment });
  const outputs = stdout.split(/\n@@@ \d+\n/);
  for (const [index, { commands, answer }] of steps.entries()) {
    if (answer)
      expect({ commands, ...actualAnswer(outputs[index] ?? '') }).toEqual({ commands, ...printedAnswer(answer) });
  }
});

it('the program with the typed client prints what the README says', async () => {
  const [program, printed] = blocksBelow('The same from TypeScript');
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // Replaces the values that readers replace, and the client, which is not installed here.
  const here = {
    "'@gatehouse/client'": client.href,
    "'http://127.0.0.1:3000'": environment.GATEHOUSE,
    "'gth_admin_…'": environment.TOKEN,
  };
  const code = Object.entries(here).reduce(
    (whole, [shown, real]) => whole.replace(shown, `'${real}'`),
    program?.code ?? '',
  );
  child.stdin.end(code.replace(/portal_id = '.*?'/, `portal_id = '${environment.PORTAL}'`));
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect([status, output]).toEqual([0, printed?.code]);
});
