import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTemplate, renderTemplate } from '../src/page/template.ts';

const names = {
  texts: new Set(['title', 'text']),
  sections: new Set(['form', 'quote']),
  asset_url: (file: string): string => {
    if (file !== 'a.svg') throw new Error(`no asset ${file}`);
    return '/assets/1/home/a.svg?"x"';
  },
};

const rendered = (source: string, texts: Record<string, string> = {}, shown: readonly string[] = []): string => renderTemplate(parseTemplate(source, names), { texts, shown: new Set(shown) });

test('renderTemplate() puts texts where they are named and leaves the rest as it is', () => {
  assert.equal(rendered('<h1>{{title}}</h1>{ {x} }{{ text }}', { title: 'One', text: 'two' }), '<h1>One</h1>{ {x} }two');
  assert.equal(rendered('a{{title}}b'), 'ab');
  assert.equal(rendered(''), '');
});

test('renderTemplate() shows sections that are on, and the others of those that are off', () => {
  const source = '{{#form}}F{{#quote}}Q{{/quote}}{{/form}}{{^form}}no form{{/form}}';
  assert.equal(rendered(source), 'no form');
  assert.equal(rendered(source, {}, ['form']), 'F');
  assert.equal(rendered(source, {}, ['form', 'quote']), 'FQ');
  assert.equal(rendered(source, {}, ['quote']), 'no form');
});

test('parseTemplate() escapes the address of a file', () => {
  assert.equal(rendered('<img src="{{asset:a.svg}}">'), '<img src="/assets/1/home/a.svg?&quot;x&quot;">');
});

test('parseTemplate() says what is wrong and in which line', () => {
  assert.throws(() => rendered('\n\n{{titel}}'), /line 3: \{\{titel\}\} is no slot/);
  assert.throws(() => rendered('{{#gone}}{{/gone}}'), /no toggle/);
  assert.throws(() => rendered('{{#form}}'), /form is not closed/);
  assert.throws(() => rendered('{{#form}}{{/quote}}'), /closes nothing/);
  assert.throws(() => rendered('{{/form}}'), /closes nothing/);
  assert.throws(() => rendered('{{asset:b.svg}}'), /no asset b\.svg/);
  assert.throws(() => rendered('{{constructor}}'), /no slot/);
});
