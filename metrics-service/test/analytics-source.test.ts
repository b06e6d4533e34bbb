import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Channel } from '../../shared/contract/analytics.ts';
import { eventSigns, plainLanguage, plainPath } from '../src/analytics/event-signs.ts';
import { knownHost } from '../src/analytics/known-hosts.ts';
import { visitSource } from '../src/analytics/visit-source.ts';

const OWN = new Set(['shop.example', 'localhost']);

test('visitSource() names channel and source of a referrer', () => {
  const cases: readonly (readonly [referrer: string | undefined, channel: Channel, source: string | null])[] = [
    [undefined, 'direct', null],
    ['', 'direct', null],
    ['not a url', 'direct', null],
    ['https://www.google.com/', 'organic_search', 'google'],
    ['https://www.google.co.uk/search', 'organic_search', 'google'],
    ['https://yandex.ru/', 'organic_search', 'yandex'],
    ['https://duckduckgo.com/', 'organic_search', 'duckduckgo.com'],
    ['https://google.evil.example/', 'referral', 'google.evil.example'],
    ['https://notgoogle.com/', 'referral', 'notgoogle.com'],
    ['https://mail.google.com/mail', 'email', 'mail.google.com'],
    ['https://t.co/abc', 'social', 'x.com'],
    ['https://m.facebook.com/', 'social', 'facebook.com'],
    ['https://l.instagram.com/', 'social', 'instagram.com'],
    ['android-app://com.google.android.gm/', 'email', 'mail.google.com'],
    ['https://blog.example.org./post', 'referral', 'blog.example.org'],
    ['https://www.shop.example/cart', 'internal', null],
    ['http://LOCALHOST:8080/', 'internal', null],
    ['https://other.shop.example/', 'referral', 'other.shop.example'],
  ];
  for (const [referrer, channel, source] of cases) {
    assert.deepEqual(visitSource(referrer === undefined ? {} : { referrer }, OWN), { channel, source, medium: null, campaign: null }, String(referrer));
  }
});

test('visitSource() believes a tagged link before the referrer', () => {
  const referrer = 'https://www.google.com/';
  const cases: readonly (readonly [utm: Record<string, string>, channel: Channel, source: string | null])[] = [
    [{ source: 'Newsletter', medium: 'Email' }, 'email', 'newsletter'],
    [{ utm_source: 'google', utm_medium: 'cpc', utm_campaign: 'Spring' }, 'paid', 'google'],
    [{ source: 'meta', medium: 'paid-social' }, 'paid', 'meta'],
    [{ source: 'mastodon', medium: 'social' }, 'social', 'mastodon'],
    [{ source: 'partner', medium: 'affiliate' }, 'referral', 'partner'],
    [{ source: 'bing', medium: 'organic' }, 'organic_search', 'bing'],
    [{ campaign: 'spring' }, 'campaign', 'google'],
    [{ source: 'flyer' }, 'campaign', 'flyer'],
  ];
  for (const [utm, channel, source] of cases) {
    const found = visitSource({ referrer, utm }, OWN);
    assert.deepEqual([found.channel, found.source], [channel, source], JSON.stringify(utm));
  }
  assert.deepEqual(visitSource({ utm: { __proto__: 'x', other: 'y', source: ['a'] } as never, referrer: '' }, OWN).channel, 'direct');
  assert.equal(visitSource({ utm: { source: 'a'.repeat(500) } }, OWN).source?.length, 100);
});

test('knownHost() knows the hosts of a known domain, and no names of objects', () => {
  assert.equal(knownHost('old.reddit.com')?.name, 'reddit.com');
  assert.equal(knownHost('constructor'), undefined);
  assert.equal(knownHost('com'), undefined);
});

test('eventSigns() reads attention, within bounds, wherever a sender puts it', () => {
  assert.deepEqual(eventSigns('engagement', 'time_on_page', { time_on_page: 12.34 }), { visible: 123, scroll: 0, engaged: false });
  assert.equal(eventSigns('engagement', undefined, { time_on_page: -5 }).visible, 0);
  assert.equal(eventSigns('engagement', undefined, { time_on_page: 1e9 }).visible, 864_000);
  assert.equal(eventSigns('engagement', undefined, undefined).visible, 0);
  assert.equal(eventSigns('scroll', '75', undefined).scroll, 75);
  assert.equal(eventSigns('scroll', '25', { depth: 50 }).scroll, 50);
  assert.equal(eventSigns('scroll', 'deep', { percent: '100' }).scroll, 100);
  assert.equal(eventSigns('scroll', 'deep', undefined).scroll, 0);
  assert.equal(eventSigns('scroll', undefined, { depth: 400 }).scroll, 100);
  for (const type of ['click', 'cta_click', 'form_submit']) assert.equal(eventSigns(type, undefined, undefined).engaged, true);
  assert.equal(eventSigns('page_view', undefined, undefined).engaged, false);
});

test('plainPath() and plainLanguage() keep what matters', () => {
  assert.deepEqual(['/a/?b=c', '/', '', '/x#y', undefined].map(plainPath), ['/a', '/', '', '/x', '']);
  assert.deepEqual(['en-GB,en;q=0.9', 'DE', 'zh_Hans', '*', '', undefined, 'x'].map(plainLanguage), ['en', 'de', 'zh', '', '', '', '']);
});
