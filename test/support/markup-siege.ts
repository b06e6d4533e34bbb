import assert from 'node:assert/strict';
import { until } from '../../tools/until.ts';
import type { Siege } from './siege.ts';
import { formHeaders, signIn } from './sign-in.ts';

const PASSWORD = 'correct horse battery';
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');

/** The words must be on the page as text, and none of them as markup; what else a page must be is checked with every answer. */
const shows = (page: string, words: readonly string[], all: readonly string[]): void => {
  for (const word of words) assert.ok(page.includes(escaped(word)), `${word} is not shown in ${page.slice(0, 3_000)}`);
  for (const word of all) if (/<\w|<!/.test(word)) assert.ok(!page.includes(word), `${word} is markup`);
};

/** Sends words that look like markup wherever a page may show them, and looks at the pages: the landing page's and admin-app's. */
export const markupSiege = async (siege: Siege, words: readonly string[]): Promise<void> => {
  const token = { token: siege.system.api_token };
  const browser = { Accept: 'text/html', 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36' };
  const everything = words.join(' ');

  const { data } = JSON.parse((await siege.expect(200, 'ab', 'GET /experiments?limit=100', token)).body);
  const homepage = data.find(({ key }: { key: string }) => key === 'homepage');
  for (const slot of words) {
    const slots = { headline: slot, subheadline: everything, cta_label: slot, hero_image: slot, accent: slot, __proto__: slot };
    const variants = homepage.variants.map((variant: object) => ({ ...variant, configuration_json: slots }));
    await siege.expect(200, 'ab', `PATCH /experiments/${homepage.experiment_id}`, { ...token, json: { variants } });
    const page = await until('the landing page to show the new slots', async () => {
      const { body } = await siege.expect(200, 'landing', 'GET /', { headers: browser });
      return body.includes(escaped(slot)) ? body : undefined;
    });
    shows(page, [slot, everything], words);
  }

  for (const word of words) {
    for (const path of [`/${encodeURIComponent(word)}`, `/?variant=${encodeURIComponent(word)}`, `/?preview=${encodeURIComponent(word)}`]) shows((await siege.ask('landing', `GET ${path}`, { headers: browser })).body, [], words);
    const fields = new URLSearchParams({ name: word, email: word, message: word, page: word, view: word });
    const form = { ...browser, 'Content-Type': 'application/x-www-form-urlencoded' };
    shows((await siege.expect(400, 'landing', 'POST /contact', { headers: form, body: fields.toString() })).body, [word], words);
    fields.set('email', 'a@b.example');
    await siege.expect(303, 'landing', 'POST /contact', { headers: form, body: fields.toString() });
    shows((await siege.expect(401, 'admin', 'POST /sign-in', { headers: formHeaders(siege), body: new URLSearchParams({ name: word, password: 'wrong', next: word }).toString() })).body, [word], words);
  }
  assert.ok((await siege.expect(200, 'landing', 'GET /leads', token)).body.includes(JSON.stringify(words[0])));

  const variants = words.slice(0, 10).map((variant_name) => ({ variant_name, traffic_allocation_percent: 10 }));
  const experiment = { key: 'markup', name: everything.slice(0, 200), description: everything, hypothesis: everything, status: 'RUNNING', page: null, variants };
  await siege.expect(201, 'ab', 'POST /experiments', { ...token, json: experiment });
  for (const [index, word] of words.entries()) await siege.expect([200, 201], 'ab', `PUT /api/toggles/markup-${index}`, { ...token, json: { name: word, description: word, value_on: word, value_off: '' } });
  const visitors = Array.from({ length: 60 }, (_, index) => `markup ${index}`);
  await siege.expect(200, 'ab', 'POST /assign', { json: { assignments: visitors.map((visitor_id) => ({ visitor_id, experiment: 'markup' })) } });
  const event_types = [...words, 'toString', 'constructor', '__proto__'];
  await siege.expect(200, 'metrics', 'POST /events', { json: visitors.map((visitor_id, index) => ({ visitor_id, event_type: event_types[index % event_types.length], experiment_id: 'markup' })) });

  const headers = { ...browser, Cookie: await signIn(siege, 'admin', PASSWORD) };
  const overview = await until('the overview to show the events', async () => {
    const { body } = await siege.expect(200, 'admin', 'GET /?experiment=markup', { headers });
    return event_types.slice(0, 12).every((type) => body.includes(escaped(type))) ? body : undefined;
  });
  shows(overview, [experiment.name, ...words.slice(0, 10)], words);
  assert.equal(/.{0,200}(NaN|undefined|\[native code\]|\[object ).{0,100}/.exec(overview)?.[0], undefined);
  for (const word of words.slice(0, 4)) {
    shows((await siege.ask('admin', `GET /?experiment=${encodeURIComponent(word)}&ask=${encodeURIComponent(word)}`, { headers })).body, [], words);
    shows((await siege.expect(404, 'admin', `GET /${encodeURIComponent(word)}`, { headers })).body, [], words);
  }
};
