import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvRowsOf } from '../src/import/csv-rows.ts';
import { openApp } from './support/open-app.ts';

const GOATCOUNTER = `2Path,Title,Event,UserAgent,Browser,System,Session,Bot,Referrer,Referrer scheme,Screen size,Location,FirstVisit,Date
/,"Home, sweet ""home""",false,Mozilla/5.0,Firefox 140,Linux,s1,0,example.org/post,h,"1280,800,1",DE,true,2025-06-01T10:00:00Z
sign-up,,true,Mozilla/5.0,Firefox 140,Linux,s1,0,,,"1280,800,1",DE,false,2025-06-01T10:01:00Z
/about,About,false,Bot/1.0,,,s2,7,,,,,true,2025-06-01T10:02:00Z
/about,About,false,Mozilla/5.0,Chrome 139,Android,s3,0,newsletter,c,,FR,true,2025-06-01T11:00:00Z
/about,About,false,Mozilla/5.0,Chrome 139,Android,s3,0,,,,FR,false,yesterday
`;

const UMAMI = `website_id,session_id,visit_id,event_id,hostname,browser,os,device,screen,language,country,url_path,url_query,utm_source,utm_medium,referrer_path,referrer_domain,page_title,event_type,event_name,tag,created_at
w,s1,v1,0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d70,example.com,chrome,Mac OS,laptop,1440x900,en-US,US,/,,google,cpc,/search,google.com,Home,1,,,2025-06-01 10:00:00
w,s1,v1,0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d71,example.com,chrome,Mac OS,laptop,1440x900,en-US,US,/,,,,,,Home,2,signup,,2025-06-01 10:00:30
`;

const importCsv = async (service: ReturnType<typeof openApp>, text: string): Promise<any> => (await service.ask('POST /import', { text, headers: { 'content-type': 'text/csv; charset=utf-8' } })).json();
const eventsOf = async (service: ReturnType<typeof openApp>): Promise<readonly any[]> => (await service.ask('GET /events')).json().data.reverse();

test('POST /import takes the CSV export of GoatCounter, without its bots, and the same again changes nothing', async () => {
  using service = openApp();
  const answer = await importCsv(service, GOATCOUNTER);
  assert.deepEqual([answer.accepted, answer.rejected, answer.errors.map(({ line }: { line: number }) => line)], [3, 1, [6]]);
  const events = await eventsOf(service);
  assert.deepEqual(events.map((event) => [event.visitor_id, event.event_type, event.event_name, event.timestamp]), [
    ['goatcounter:s1', 'page_view', null, '2025-06-01T10:00:00.000Z'],
    ['goatcounter:s1', 'event', 'sign-up', '2025-06-01T10:01:00.000Z'],
    ['goatcounter:s3', 'page_view', null, '2025-06-01T11:00:00.000Z'],
  ]);
  assert.deepEqual(events[0].context, { user_agent: 'Mozilla/5.0', referrer: 'https://example.org/post', path: '/', screen_width: 1280 });
  assert.deepEqual([events[0].properties.title, events[2].context.utm], ['Home, sweet "home"', { campaign: 'newsletter' }]);
  assert.deepEqual(await importCsv(service, GOATCOUNTER).then(({ accepted, duplicates }) => [accepted, duplicates]), [0, 3]);
});

test('POST /import takes Umami’s website_event.csv', async () => {
  using service = openApp();
  assert.equal((await importCsv(service, UMAMI)).accepted, 2);
  const [view, signup] = await eventsOf(service);
  assert.deepEqual([view.event_id, view.visitor_id, view.event_type, view.timestamp], ['0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d70', 'umami:s1', 'page_view', '2025-06-01T10:00:00.000Z']);
  assert.deepEqual(view.context, { language: 'en-US', referrer: 'https://google.com/search', path: '/', utm: { source: 'google', medium: 'cpc' }, screen_width: 1440 });
  assert.deepEqual([signup.event_type, signup.event_name], ['event', 'signup']);
});

test('POST /import refuses a CSV file of a program that it does not know', async () => {
  using service = openApp();
  const answer = await importCsv(service, 'name,age\nA,5\n');
  assert.deepEqual([answer.status, /GoatCounter/.test(answer.detail)], [400, true]);
});

test('csvRowsOf() reads quotes, line ends and empty lines, whatever the chunks are', async () => {
  const bytes = Buffer.from('a,"b ""c""\nd",\r\n\r\n"",é\nlast,"', 'utf8');
  for (const size of [1, 2, 3, 100]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
    const rows: unknown[] = [];
    for await (const found of csvRowsOf(chunks as unknown as AsyncIterable<Uint8Array>)) rows.push(...found.map(({ number, cells }) => [number, cells]));
    assert.deepEqual(rows, [[1, ['a', 'b "c"\nd', '']], [3, ['', 'é']], [4, ['last', '']]], `chunks of ${size}`);
  }
});
