import { readdirSync, readlinkSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import express from 'express';
import { expect, test } from 'vitest';
import { serve } from '../testing/serve.ts';
import { docs } from './docs.ts';

const FILE = '/docs/assets/swagger-ui-bundle.js';

/** The open files of this process that belong to the page. */
function openAssets(): string[] {
  return readdirSync('/proc/self/fd')
    .map((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`);
      } catch {
        return '';
      }
    })
    .filter((path) => path.includes('swagger-ui'));
}

test('serves the files of the page with their types, cached for an hour', async () => {
  await using server = await serve(express().use('/docs', docs('')));
  const answers = await Promise.all(
    ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'].map((name) => server.fetch(`/docs/assets/${name}`)),
  );
  expect(answers.map(({ headers }) => [headers.get('content-type'), headers.get('cache-control')])).toEqual([
    ['text/css; charset=utf-8', 'public, max-age=3600'],
    ['text/javascript; charset=utf-8', 'public, max-age=3600'],
    ['image/png', 'public, max-age=3600'],
  ]);
});

test.skipIf(process.platform !== 'linux')('does not keep files open for a client that does not read', async () => {
  await using server = await serve(express().use('/docs', docs('')));
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1').pause();
  socket.write(`GET ${FILE} HTTP/1.1\r\nHost: here\r\n\r\n`.repeat(8));
  await once(socket, 'readable');
  expect(openAssets()).toEqual([]);
  socket.destroy();
});
