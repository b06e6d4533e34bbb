import assert from 'node:assert/strict';
import type { RawAnswer } from './raw-exchange.ts';

/** An error's answer is for reading: more than this is an echo of what was sent. */
const PROBLEM_BYTES_MAX = 32_768;
const ALWAYS = ['x-content-type-options', 'referrer-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy', 'content-security-policy'];
const STACK = /\n\s+at .+:\d|\.(ts|js):\d+:|node:internal|node_modules|SQLITE_/;
const LONG_ECHO = /([^\s-])\1{299}/;

const seen_nonces = new Set<string>();

const checkPage = ({ headers, body }: RawAnswer): void => {
  const policy = headers.get('content-security-policy')?.[0] ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe-|\*|https?:(?!\/\/(127\.0\.0\.1|localhost):)|data:/);
  assert.match(policy, /frame-ancestors (?!\*)/);
  assert.match(headers.get('cache-control')?.[0] ?? '', /no-store/);
  const nonces = [...policy.matchAll(/'nonce-([^']+)'/g)].map(([, nonce = '']) => nonce);
  for (const nonce of new Set(nonces)) {
    assert.ok(nonce.length >= 16, 'a nonce is 96 bits or more');
    assert.ok(!seen_nonces.has(nonce), 'a nonce is used once');
    seen_nonces.add(nonce);
  }
  for (const [tag] of body.matchAll(/<(script|style)\b[^>]*>/gi)) {
    const nonce = /nonce="([^"]+)"/.exec(tag)?.[1];
    assert.ok((nonce !== undefined && nonces.includes(nonce)) || /type="application\/json"/.test(tag) || (/src="\//.test(tag) && policy.includes("script-src 'self'")), `${tag} would not run`);
  }
  for (const [tag] of body.matchAll(/<[a-z](?:[^>"']|"[^"]*"|'[^']*')*>/gi)) {
    assert.doesNotMatch(tag, /(href|src|action|formaction)\s*=\s*["']?\s*(javascript|data):/i);
    assert.doesNotMatch(tag.replace(/"[^"]*"|'[^']*'/g, '""'), /\s(on\w+|style|srcdoc)\s*=/i);
  }
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const checkProblem = ({ status, headers, body }: RawAnswer): void => {
  const type = headers.get('content-type')?.[0] ?? '';
  assert.doesNotMatch(headers.get('cache-control')?.[0] ?? '', /public|max-age|immutable/, 'an error may be kept by caches');
  // About a range of a file there is nothing to say but the file's size, which is in a header.
  if (status === 416 && body === '') return;
  if (type.startsWith('text/html')) return;
  // A list of what is wrong with each of a thousand events is long by right.
  if (!body.includes('"rejected":[')) assert.ok(body.length <= PROBLEM_BYTES_MAX, `an error of ${body.length} bytes`);
  assert.doesNotMatch(body, LONG_ECHO, 'an error repeats what was sent');
  // OpenFeature's protocol has words of its own.
  if (type.startsWith('application/json') && /^\{[^]*"error(Code|Details)"/.test(body)) return;
  assert.equal(type, 'application/problem+json');
  if (body === '') return;
  assert.ok(isJson(body), body.slice(0, 1_000));
  const problem = JSON.parse(body);
  assert.equal(problem.status, status);
  assert.ok(problem.title && problem.detail && problem.type, body);
};

/**
 * Checks what holds for every answer of every service, whoever asks for whatever: no server error, security headers once each, errors as
 * problem+json (or a page) that tell nothing of the inside, pages with a policy and a nonce of their own, no secret anywhere.
 */
export const checkAnswer = (answer: RawAnswer, head_only: boolean, secrets: Iterable<string>): void => {
  const { status, headers, body, text } = answer;
  assert.ok(status < 500, `${status}: ${body.slice(0, 500)}`);
  for (const secret of secrets) assert.ok(!text.includes(secret), 'a secret is in an answer');
  if (status === 0) return;
  for (const name of ALWAYS) assert.equal(headers.get(name)?.length, 1, `${name} in\n${text.slice(0, 600)}`);
  assert.equal(headers.get('x-content-type-options')?.[0], 'nosniff');
  assert.deepEqual([headers.get('x-powered-by'), headers.get('server')], [undefined, undefined]);
  for (const [name, values] of headers) for (const value of values) assert.doesNotMatch(`${name}${value}`, /[\r\n\0]/);
  if (!/^(text\/javascript|text\/css|text\/plain)/.test(headers.get('content-type')?.[0] ?? '')) assert.doesNotMatch(body, STACK);
  if (head_only) return;
  if (status >= 400) checkProblem(answer);
  if (headers.get('content-type')?.[0]?.startsWith('text/html') && body !== '') checkPage(answer);
};
