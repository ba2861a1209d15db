import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, createSubscription, newPortal } from './api.ts';
import { findGateway, GATEWAYS, type GatewayServer, startGateway } from './gateway-server.ts';
import { type KeyHolder, newKeyHolder } from './key-holder.ts';
import { type Fields, listen, type Listener, type Response, send, sendBytes, valuesOf } from './raw-http.ts';
import { startSystem, type System } from './system.ts';

const IDENTITY = ['X-Developer-Id', 'X-Application-Id', 'X-Credential-Id', 'X-Api-Product-Id'];
const CHALLENGES = ['Bearer realm="gatehouse"', 'Basic realm="gatehouse", charset="UTF-8"'];

let system: System;
let portal: string;
let product: string;
let unrelated: string;
let holder: KeyHolder;
beforeAll(async () => {
  system = await startSystem({ workerRuns: false });
  portal = await newPortal(system);
  [product, unrelated] = [await newProduct('orders'), await newProduct('unrelated')];
  holder = await newKeyHolder(system, portal);
  await createSubscription(system, portal, { application_id: holder.applicationId, api_product_id: product });
});
afterAll(() => system?.[Symbol.asyncDispose]());

async function newProduct(name: string): Promise<string> {
  const auth = { 'key-auth': { query: 'key' }, 'basic-auth': {} };
  const { body } = await call(system, `POST /api/portals/${portal}/api_products`, {
    body: { name, auth, status: 'published', subscription_auto_approval: true },
  });
  return String(body['id']);
}

const required = process.env['TEST_GATEWAYS'] === 'required';

for (const name of GATEWAYS) {
  describe.runIf(findGateway(name) ?? required)(`behind ${name}`, () => {
    let api: Listener;
    let questions: Listener;
    let gateway: GatewayServer;
    /** Replaces the response of Gatehouse if it is not null. */
    let instead: { status: number; fields?: Fields } | null;

    beforeAll(async () => {
      api = await listen(() => ({ status: 200, fields: [['X-From', 'the api']], body: 'served' }));
      questions = await listen(({ method, url, fields, body }) => instead ?? ask({ method, path: url, fields, body }));
      const places = { gatehouse: questions.address, api: api.address };
      gateway = await startGateway(name, { ...places, apiProductId: product });
    });
    afterAll(async () => {
      for (const one of [gateway, questions, api]) await one?.[Symbol.asyncDispose]();
    });
    beforeEach(() => {
      instead = null;
      api.received.length = 0;
      questions.received.length = 0;
    });
    afterEach(({ task }) => {
      if (task.result?.state === 'fail') console.error(gateway.log());
    });

    async function ask(question: Parameters<typeof send>[1] & { fields: Fields }): Promise<Response> {
      const fields = question.fields.filter(([field]) => !/^(host|connection|transfer-encoding)$/i.test(field));
      const answer = await send(Number(new URL(system.url).port), { ...question, fields });
      return { ...answer, fields: answer.fields.filter(([field]) => !/^(connection|keep-alive)$/i.test(field)) };
    }

    /** Sends a request that must pass, and returns what the API received. */
    async function passed(sent: Parameters<typeof send>[1]) {
      const { status, body } = await send(gateway.port, sent);
      expect({ status, body, served: api.received.length }).toEqual({
        status: 200,
        body: sent?.method === 'HEAD' ? '' : 'served',
        served: 1,
      });
      const [received] = api.received.splice(0);
      if (!received) throw new Error('The API received no request.');
      return received;
    }

    async function refused(sent: Parameters<typeof send>[1]): Promise<Response> {
      const answer = await send(gateway.port, sent);
      expect(api.received).toEqual([]);
      return answer;
    }

    const shown = (key: string): Fields => [['apikey', key]];
    const login = (password: string): Fields => [
      ['Authorization', `Basic ${Buffer.from(`${holder.username}:${password}`).toString('base64')}`],
    ];
    /** All headers that some back end could read as one of the four, sorted. */
    const identityOf = (fields: Fields): string[] =>
      fields
        .filter(([field]) => /^x.(developer|application|credential|api.product).id$/i.test(field))
        .map(([field, value]) => `${field.toLowerCase()}: ${value}`)
        .toSorted();
    const identity = (credentialId: string): string[] => [
      `x-api-product-id: ${product}`,
      `x-application-id: ${holder.applicationId}`,
      `x-credential-id: ${credentialId}`,
      `x-developer-id: ${holder.developerId}`,
    ];

    it('passes a valid key or login and identifies the owner', async () => {
      const bearer: Fields = [['Authorization', `Bearer ${holder.key}`]];
      for (const sent of [
        { fields: shown(holder.key) },
        { fields: bearer },
        { path: `/orders?page=2&key=${holder.key}` },
      ])
        expect(identityOf((await passed(sent)).fields)).toEqual(identity(holder.keyId));
      expect(identityOf((await passed({ fields: login(holder.password) })).fields)).toEqual(identity(holder.loginId));
    });

    it.each(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])('passes %s unchanged', async (method) => {
      const body = method === 'POST' || method === 'PUT' ? 'x'.repeat(300_000) : undefined;
      const path = '/a//b/%2e%2e/c%2Fd?x=1&x=2&y=%20';
      for (const framing of [[['Content-Length', '300000']], [['Transfer-Encoding', 'chunked']]] satisfies Fields[]) {
        const fields = [...shown(holder.key), ...(body ? framing : [])];
        const received = await passed({ method, path, fields, ...(body ? { body } : {}) });
        expect([received.method, received.url, received.body.length]).toEqual([method, path, body?.length ?? 0]);
      }
      // Verification requests have no body.
      expect(questions.received.map((asked) => asked.body)).toEqual(['', '']);
    });

    const FORGED: [what: string, forged: Fields][] = [
      ['in the usual spelling', IDENTITY.map((field) => [field, 'root'])],
      ['in lower case', IDENTITY.map((field) => [field.toLowerCase(), 'root'])],
      ['in mixed case', IDENTITY.map((field) => [field.toUpperCase().replace('X-', 'x-'), 'root'])],
      ['twice', [...IDENTITY, ...IDENTITY].map((field) => [field, 'root'])],
      ['empty', IDENTITY.map((field) => [field, ''])],
      ['with underscores', IDENTITY.map((field) => [field.replaceAll('-', '_'), 'root'])],
      ['with one underscore', IDENTITY.map((field) => [field.replace('-Id', '_Id'), 'root'])],
      ['with dots', IDENTITY.map((field) => [field.replaceAll('-', '.'), 'root'])],
    ];
    it.each(FORGED)('removes forged identity headers: %s', async (_, forged) => {
      const received = await passed({ fields: [...forged, ...shown(holder.key), ...forged] });
      expect(identityOf(received.fields)).toEqual(identity(holder.keyId));
      expect(JSON.stringify(received)).not.toContain('root');
      expect((await refused({ fields: forged })).status).toBe(401);
    });

    it.each([
      'X-Developer-Id',
      'close, x-developer-id, X-Api-Product-Id',
      'keep-alive, apikey',
      'Upgrade, X-Developer-Id',
    ])('passes the identity in spite of Connection: %s', async (connection) => {
      const received = await passed({ fields: [['Connection', connection], ...shown(holder.key)] });
      expect(identityOf(received.fields)).toEqual(identity(holder.keyId));
      // The next proxy would remove headers that are named here.
      expect(valuesOf(received.fields, 'connection').join()).not.toMatch(/x-/i);
    });

    it('does not take an identity from a trailer', async () => {
      const fields: Fields = [...shown(holder.key), ['Transfer-Encoding', 'chunked'], ['Trailer', 'X-Developer-Id']];
      const received = await passed({ method: 'POST', fields, body: 'x', trailers: [['X-Developer-Id', 'root']] });
      expect(identityOf(received.fields)).toEqual(identity(holder.keyId));
    });

    it.each([
      'X-Developer-Id : root',
      'X-Developer-Id\t: root',
      'A: b\r\n X-Developer-Id: root',
      'A: b\nX-Developer-Id: root',
    ])('is not deceived by the line %j', async (line) => {
      const bytes = `GET / HTTP/1.1\r\nHost: x\r\napikey: ${holder.key}\r\n${line}\r\nConnection: close\r\n\r\n`;
      const answer = await sendBytes(gateway.port, bytes);
      expect([answer.split(' ')[1], api.received.length]).toEqual(api.received.length > 0 ? ['200', 1] : ['400', 0]);
      for (const { fields } of api.received) expect(identityOf(fields)).toEqual(identity(holder.keyId));
    });

    it('answers 401 with every challenge without a valid key or login', async () => {
      for (const fields of [[], shown('nonsense'), login('wrong password')]) {
        const { status, fields: answered, body } = await refused({ fields });
        const challenges = valuesOf(answered, 'www-authenticate').map((one) =>
          one.replace(', error="invalid_token"', ''),
        );
        expect({ status, challenges }).toEqual({ status: 401, challenges: CHALLENGES });
        expect(valuesOf(answered, 'content-type')[0]).toMatch(/^application\/problem\+json/);
        expect(JSON.parse(body)).toMatchObject({ status: 401 });
        expect(identityOf(answered)).toEqual([]);
      }
    });

    it('answers 403 to a valid key without a subscription', async () => {
      const stranger = await newKeyHolder(system, portal);
      const { status, fields, body } = await refused({ fields: shown(stranger.key) });
      expect([status, valuesOf(fields, 'content-type')[0]]).toEqual([403, expect.stringMatching(/problem\+json/)]);
      expect(JSON.parse(body)).toMatchObject({ status: 403 });
      expect(valuesOf(fields, 'x-from')).toEqual([]);
    });

    it('rejects a suspended developer within a second', async () => {
      const fields = shown(holder.key);
      await passed({ fields });
      const developer = `/api/portals/${portal}/developers/${holder.developerId}`;
      await call(system, `POST ${developer}/suspend`);
      const suspended = performance.now();
      await expect.poll(async () => (await send(gateway.port, { fields })).status, { interval: 20 }).toBe(403);
      expect(performance.now() - suspended).toBeLessThan(1000);
      await call(system, `POST ${developer}/reactivate`);
      await expect.poll(async () => (await send(gateway.port, { fields })).status, { interval: 20 }).toBe(200);
    });

    it('verifies only the product of its configuration, even if the client names another', async () => {
      const stranger = await newKeyHolder(system, portal);
      await createSubscription(system, portal, { application_id: stranger.applicationId, api_product_id: unrelated });
      const other = `/gateway/verify/${unrelated}`;
      for (const path of [
        other,
        `/${other}`,
        `/..${other}`,
        `/%2e%2e${other}`,
        `/x/..%2f..${other}`,
        `/?${other}`,
        `*`,
      ])
        expect([path, (await refused({ path, fields: shown(stranger.key) })).status]).not.toEqual([path, 200]);
      for (const header of [
        'X-Original-URI',
        'X-Original-URL',
        'X-Forwarded-Uri',
        'X-Rewrite-URL',
        'X-Accel-Redirect',
      ]) {
        const fields: Fields = [[header, `${other}?key=${stranger.key}`]];
        expect((await refused({ fields })).status).toBe(401);
        expect((await refused({ fields: [...fields, ...shown(stranger.key)] })).status).toBe(403);
      }
      expect(new Set(questions.received.map(({ url }) => url.split('?')[0]))).toEqual(
        new Set([`/gateway/verify/${product}`]),
      );
      expect((await refused({ path: '/.gatehouse' })).status).not.toBe(200);
    });

    it('does not forward headers to Gatehouse that the client must not control', async () => {
      const forged: Fields = [...IDENTITY, 'X-Original-URL', 'X-Forwarded-Uri', 'Connection'].map((field) => [
        field,
        'root',
      ]);
      await passed({ fields: [...shown(holder.key), ...forged] });
      expect(JSON.stringify(questions.received)).not.toContain('root');
    });

    it.each([400, 404, 500, 503, 302])('answers 503 if Gatehouse answers %i', async (status) => {
      instead = {
        status,
        fields: [
          ['Location', 'http://elsewhere.test/'],
          ['X-Developer-Id', 'root'],
        ],
      };
      const answer = await refused({ fields: shown(holder.key) });
      expect([answer.status, valuesOf(answer.fields, 'location'), identityOf(answer.fields)]).toEqual([503, [], []]);
    });

    it('passes no forged identity if a response lacks the identity', async () => {
      instead = { status: 200 };
      const forged: Fields = IDENTITY.map((field) => [field, 'root']);
      await send(gateway.port, { fields: [...shown(holder.key), ...forged] });
      expect(JSON.stringify(api.received)).not.toContain('root');
    });

    it('passes on 429', async () => {
      instead = { status: 429, fields: [['Retry-After', '1']] };
      expect((await refused({ fields: shown(holder.key) })).status).toBe(429);
    });

    it('passes no request while Gatehouse is unavailable, and logs no keys or logins', async () => {
      await passed({ path: `/logged?key=${holder.key}` });
      await questions[Symbol.asyncDispose]();
      const stranger = await newKeyHolder(system, portal);
      const tries = [shown(stranger.key), login(holder.password), []].map((fields) => refused({ fields }));
      // The error log of nginx always has the complete URL.
      if (name !== 'nginx') tries.push(refused({ path: `/?key=${stranger.key}` }));
      for (const { status } of await Promise.all(tries)) expect(status).toBeGreaterThanOrEqual(500);
      await expect.poll(() => gateway.log()).toContain('/logged');
      const secrets = [holder.key, stranger.key, ...valuesOf(login(holder.password), 'authorization')];
      for (const secret of secrets) expect(gateway.log()).not.toContain(secret);
    });
  });
}
