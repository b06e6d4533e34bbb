import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { knownPaths } from './support/known-routes.ts';
import type { RawAnswer } from './support/raw-exchange.ts';
import { Siege, SERVICES } from './support/siege.ts';
import type { Expected } from './support/siege.ts';
import type { ServiceName } from './support/system.ts';

let siege: Siege;
/** Clients that take their time, begun first so that their deadlines pass while the other tests run. */
let slow_headers: Promise<readonly RawAnswer[]>;
let slow_body: Promise<RawAnswer>;

before(async () => {
  siege = await Siege.start({ RATE_LIMIT: 'off' });
  slow_headers = Promise.all(SERVICES.map((service) => siege.send(service, `GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ${'x'.repeat(1_000)}`, { drip_ms: 500 })));
  slow_body = siege.send('metrics', `POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(1_000)}`, { drip_ms: 500 });
  for (const waiting of [slow_headers, slow_body]) waiting.catch(() => {});
});
after(() => siege[Symbol.asyncDispose]());

const refused: Expected = ({ status }) => assert.ok(status >= 400 && status < 500, String(status));
const refused_or_closed: Expected = ({ status }) => assert.ok(status === 0 || (status >= 400 && status < 500), String(status));
const forAll = async (check: (service: ServiceName) => Promise<unknown>): Promise<void> => {
  await Promise.all(SERVICES.map(check));
};
const head = (line: string, ...headers: readonly string[]): string => `${[`${line} HTTP/1.1`, ...headers].join('\r\n')}\r\n\r\n`;

test('a target that is no honest path is refused', async () => {
  const targets = ['//', '///x', '//evil.example/', '/%', '/%zz', '/%ff', '/%c0%af', '/%e0%80%af', '/%00', '/a%00.css', '/\\..', '/\\..\\..\\windows', '/..', '/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc%2fpasswd', '/.%2e/', '/;/..;/', '/health/', '/HEALTH', '/__proto__', '/constructor', '/toString', '/hasOwnProperty', '/\u00e9', '/~', "/'", '/<script>', '/$%7Bjndi:ldap:x%7D', '/.env', '/.git/config', `/${'a/'.repeat(4_000)}`, `/${'a'.repeat(12_000)}`, `/${'%41'.repeat(4_000)}`];
  for (const target of targets) await forAll((service) => siege.expect(refused, service, `GET ${target}`));
  const no_paths = ['http://127.0.0.1/health', 'https://evil.example/', 'HTTP://x/', '*', 'health', 'x:y', '?', '#', ''];
  for (const target of no_paths) await forAll((service) => siege.expect(400, service, `GET ${target}`));
  for (const bytes of [100_000, 1_000_000]) await forAll((service) => siege.expect(431, service, `GET /${'a'.repeat(bytes)}`));
});

test('what is no HTTP is refused', async () => {
  const messages = ['\r\n\r\n\r\n\0', 'nonsense\r\n\r\n', 'GET\r\n\r\n', 'GET /health\r\n\r\n', 'GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n', 'GET /health HTTP/1.1\nHost localhost\n\n', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', head('GET /health', 'Host: localhost', 'A b: c'), head('GET /health', 'Host: localhost', 'A\0: c'), head('GET /health', 'Host: localhost', 'A: b\0'), head('GET /health', 'Host: localhost', ' folded: x'), `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`];
  for (const message of messages)
    await forAll(async (service) => {
      const { status } = await siege.send(service, message, { half_close: true });
      assert.ok(status === 0 || (status >= 400 && status < 500), `${status} to ${JSON.stringify(message.slice(0, 200))}`);
    });
  const many = Array.from({ length: 500 }, (_, index) => `X-${index}: y`);
  await forAll((service) => siege.send(service, head('GET /health', 'Host: localhost', ...many)));
});

test('a Host that is missing, doubled or odd is refused', async () => {
  const hosts: readonly (string | readonly string[] | undefined)[] = [undefined, '', ['localhost', 'localhost'], ['localhost', 'evil.example'], 'localhost, evil.example', 'local host', 'localhost:99999999', 'localhost:x', 'user@localhost', 'localhost/x', 'http://localhost', '[::1', 'a'.repeat(300), '\u00e9', '<script>', "'", '%00', 'localhost\\evil'];
  for (const host of hosts) await forAll((service) => siege.expect(400, service, 'GET /health', { headers: { Host: host } }));
});

test('a host name of somebody else is misdirected, but the landing page is reached by any name', async () => {
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '169.254.169.254', '0.0.0.0', '[::ffff:7f00:1]', '2130706433']) {
    const both = { headers: { Host: host, 'X-Forwarded-Host': 'localhost', Forwarded: 'host=localhost' } };
    for (const service of ['ab', 'metrics', 'admin'] as const) for (const path of ['/health', '/', '/config', '/stats', '/setup']) await siege.expect(421, service, `GET ${path}`, both);
    await siege.expect(421, 'ab', 'POST /config', { ...both, token: siege.system.api_token, json: { experiment_enabled: false } });
    await siege.expect(200, 'landing', 'GET /', both);
  }
});

test('methods that nobody takes are refused, and 405 says which are', async () => {
  for (const service of SERVICES) {
    for (const method of ['TRACE', 'OPTIONS', 'PROPFIND', 'PURGE', 'QUERY', 'M-SEARCH']) await siege.expect(405, service, `${method} /health`);
    for (const method of ['CONNECT', 'FOO', 'get', 'GET\u00e9', '{}', 'TRACK']) await siege.expect(refused_or_closed, service, `${method} /health`);
    refused_or_closed(await siege.send(service, head('CONNECT evil.example:443', 'Host: evil.example:443')));
    await siege.expect(200, service, 'GET /health', { headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'eA==' } });
    await siege.expect(200, service, 'GET /health', { headers: { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQ' } });
  }
  for (const { service, path, methods } of knownPaths()) {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'POST', 'GET', 'TRACE', 'OPTIONS'].filter((each) => !methods.includes(each))) {
      const { headers } = await siege.expect(405, service, `${method} ${path}`);
      const allowed = headers.get('allow')?.[0]?.split(', ').toSorted();
      assert.deepEqual(allowed, [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].toSorted(), `${service} ${path}`);
    }
  }
});

test('HEAD is answered without a body on every path that takes GET, feeds included, and leaves the socket free', async () => {
  for (const { service, path } of knownPaths().filter(({ methods }) => methods.includes('GET'))) {
    const { status, body } = await siege.ask(service, `HEAD ${path}`, { token: siege.system.api_token });
    assert.ok(status < 500 && body === '', `${service} ${path}`);
  }
  const host = 'Host: localhost';
  for (const [service, path] of [['ab', '/config/stream'], ['metrics', '/events/stream'], ['landing', '/']] as const) {
    const token = `Authorization: Bearer ${siege.system.api_token}`;
    const { text } = await siege.send(service, `${head(`HEAD ${path}`, host, token)}${head('GET /health', host, 'Connection: close')}`, { half_close: true, until_closed: true });
    assert.equal(text.match(/HTTP\/1\.1 200/g)?.length, 2, `${service} HEAD ${path} holds the next request up:\n${text}`);
  }
});

/** Every path that reads JSON, with the token that lets the body be looked at. */
const JSON_PATHS: readonly (readonly [ServiceName, string])[] = [['ab', 'POST /assign'], ['ab', 'POST /experiments'], ['ab', 'PATCH /experiments/homepage'], ['ab', 'POST /config'], ['ab', 'PUT /api/toggles/hostile'], ['metrics', 'POST /events'], ['metrics', 'POST /analysis'], ['metrics', 'POST /sample-size'], ['landing', 'POST /events']];
/** Those that take JSON in ways of their own: other types, larger bodies, none at all. */
const LOOSE_PATHS: readonly (readonly [ServiceName, string])[] = [['ab', 'POST /import'], ['ab', 'POST /evaluations'], ['ab', 'POST /ofrep/v1/evaluate/flags'], ['ab', 'POST /ofrep/v1/evaluate/flags/homepage'], ['ab', 'POST /experiments/homepage/previews'], ['ab', 'POST /experiments/none/duplicates'], ['ab', 'POST /changes/1/reverts'], ['metrics', 'POST /analytics/funnel'], ['metrics', 'POST /import'], ['landing', 'POST /api/tracks?title=x']];
const FORM_PATHS: readonly (readonly [ServiceName, string])[] = [['landing', 'POST /contact'], ['admin', 'POST /sign-in'], ['admin', 'POST /setup']];
const JSON_TYPE = 'application/json';

test('a body that is no JSON, too deep, too large or of another type is refused', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const bodies: readonly (readonly [string, string | Buffer, string | undefined, number])[] = [
    ['empty', '', JSON_TYPE, 400],
    ['a blank', ' ', JSON_TYPE, 400],
    ['no JSON', 'visitor_id=1', JSON_TYPE, 400],
    ['half', '{"a":', JSON_TYPE, 400],
    ['two', '{}{}', JSON_TYPE, 400],
    ['NUL', '\0', JSON_TYPE, 400],
    ['NUL in a text', '{"visitor_id":"a\0b"}', JSON_TYPE, 400],
    ['a byte order mark of UTF-16', Buffer.from([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), JSON_TYPE, 400],
    ['invalid UTF-8', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), JSON_TYPE, 400],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), JSON_TYPE, 400],
    ['too deep', deep, JSON_TYPE, 400],
    ['deep objects', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000), JSON_TYPE, 400],
    ['deep and open', '['.repeat(500_000), JSON_TYPE, 400],
    ['NaN', '{"a":NaN}', JSON_TYPE, 400],
    ['gzip', gzipSync('{}'), JSON_TYPE, 400],
    ['a long name', JSON.stringify({ ['n'.repeat(100_000)]: 1 }), JSON_TYPE, 400],
    ['too large', `"${'x'.repeat(1_048_576)}"`, JSON_TYPE, 413],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 415],
    ['a page', '{}', 'text/html', 415],
    ['an odd type', '{}', 'application/json-patch+json', 415],
    ['a type that is none', '{}', ';;;', 415],
    ['a scalar', '1', JSON_TYPE, 400],
    ['null', 'null', JSON_TYPE, 400],
    ['a list of lists', '[[[]]]', JSON_TYPE, 400],
    ['no type', '1', undefined, 400],
  ];
  for (const [service, line] of JSON_PATHS)
    for (const [name, body, type, status] of bodies) {
      const answer = await siege.ask(service, line, { token: siege.system.api_token, body, headers: { 'Content-Type': type, ...(name === 'gzip' ? { 'Content-Encoding': 'gzip' } : {}) } });
      assert.equal(answer.status, status, `${service} ${line}, ${name}: ${answer.body.slice(0, 300)}`);
    }
  for (const [service, line] of LOOSE_PATHS)
    for (const [name, body, type] of bodies) {
      const { status, body: answer } = await siege.ask(service, line, { token: siege.system.api_token, body, headers: { 'Content-Type': type } });
      assert.ok(status >= 200 && status < 500, `${service} ${line}, ${name}: ${status} ${answer.slice(0, 300)}`);
    }
  const own = (service: ServiceName): string => siege.system[service].url;
  for (const [service, line] of FORM_PATHS)
    for (const [, body, type] of bodies)
      await siege.expect(refused, service, line, { body, headers: { 'Content-Type': type ?? 'text/plain', Origin: own(service) } });
});

test('a body whose length is a lie is refused, and nothing is smuggled behind it', async () => {
  const lies: readonly (readonly [string, readonly string[], string])[] = [
    ['longer than it is', ['Content-Length: 100'], '{}'],
    ['negative', ['Content-Length: -1'], '{}'],
    ['no number', ['Content-Length: 0x2'], '{}'],
    ['two lengths', ['Content-Length: 2', 'Content-Length: 30'], '{}'],
    ['immense', ['Content-Length: 99999999999999999999'], '{}'],
    ['more than is taken', ['Content-Length: 9007199254740991'], '{}'],
    ['both ways', ['Content-Length: 2', 'Transfer-Encoding: chunked'], '0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an odd coding', ['Transfer-Encoding: xchunked'], '{}'],
    ['two codings', ['Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
    ['a chunk without end', ['Transfer-Encoding: chunked'], '5\r\n[1,2,'],
    ['chunks without end', ['Transfer-Encoding: chunked'], '1\r\n[\r\n'],
    ['a chunk size that is none', ['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'],
    ['a negative chunk', ['Transfer-Encoding: chunked'], '-1\r\n{}\r\n0\r\n\r\n'],
    ['an immense chunk', ['Transfer-Encoding: chunked'], 'fffffffffffffffff\r\n{}\r\n0\r\n\r\n'],
    ['chunks that are too large together', ['Transfer-Encoding: chunked'], `${`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(17)}0\r\n\r\n`],
    ['chunk extensions', ['Transfer-Encoding: chunked'], `1;${'x'.repeat(100_000)}\r\n{\r\n`],
    ['endless trailers', ['Transfer-Encoding: chunked'], `0\r\n${'X: y\r\n'.repeat(20_000)}`],
  ];
  for (const [service, line] of [...JSON_PATHS, ...FORM_PATHS, ...LOOSE_PATHS.filter(([, line]) => /funnel|tracks|ofrep/.test(line))])
    for (const [name, framing, body] of lies) {
      const type = `Content-Type: ${FORM_PATHS.some(([, each]) => each === line) ? 'application/x-www-form-urlencoded' : JSON_TYPE}`;
      const answer = await siege.send(service, head(line, 'Host: localhost', type, ...(FORM_PATHS.some(([, each]) => each === line) ? [`Origin: ${siege.system[service].url}`] : []), `Authorization: Bearer ${siege.system.api_token}`, ...framing) + body, { half_close: true, until_closed: true });
      assert.ok(answer.status === 0 || (answer.status >= 400 && answer.status < 500), `${service} ${line}, ${name}: ${answer.text}`);
      assert.ok((answer.text.match(/HTTP\/1\.1 \d/g)?.length ?? 0) <= 1, `${service} ${line}, ${name}: a second answer`);
    }
  await forAll((service) => siege.expect(200, service, 'GET /health', { body: '{"a":1}' }));
  await forAll((service) => siege.expect((answer) => assert.ok(answer.status < 500 && answer.status > 0), service, 'GET /health', { headers: { Expect: '200-maybe' } }));
});

const open = (port: number, first: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1', () => {
      if (first !== '') socket.write(first);
      resolve(socket);
    });
    socket.once('error', reject);
  });

test('two thousand idle sockets do not keep a service from answering', async () => {
  for (const service of SERVICES) {
    const sockets: Socket[] = [];
    for (let batch = 0; batch < 10; batch += 1) sockets.push(...(await Promise.all(Array.from({ length: 200 }, (_, index) => open(siege.system[service].port, index % 2 === 0 ? '' : 'GET / HTTP/1.1\r\nHost: lo')))));
    for (const socket of sockets) socket.on('error', () => {});
    await siege.expect(200, service, 'GET /health');
    assert.equal(sockets.filter(({ destroyed }) => !destroyed).length, 2_000, service);
    await Promise.all(sockets.map((socket) => (socket.destroy(), socket.closed ? undefined : once(socket, 'close'))));
  }
});

test('clients that leave in the middle do no harm', async () => {
  for (const [service, line] of [['landing', 'GET /'], ['ab', 'GET /config/stream'], ['metrics', 'GET /export?format=ndjson&records=all'], ['admin', 'GET /sign-in'], ['admin', 'GET /api/metrics/export?format=ndjson&records=all'], ['admin', 'POST /api/metrics/import']] as const)
    for (let round = 0; round < 20; round += 1) {
      const socket = await open(siege.system[service].port, head(line, 'Host: localhost', `Authorization: Bearer ${siege.system.api_token}`, ...(line.startsWith('POST') ? ['Content-Length: 1000'] : [])));
      if (round % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }
  await siege.requireUnharmed();
});

test('clients that take their time are given up', async () => {
  for (const { status } of await slow_headers) assert.equal(status, 408);
  assert.equal((await slow_body).status, 408);
  await siege.requireUnharmed();
});
