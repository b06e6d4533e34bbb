import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CsvReader, csvText } from '../import/csv-reader.ts';

const rowsOf = (text: string, size = Infinity): readonly (readonly string[])[] => {
  const reader = new CsvReader();
  const rows = [];
  for (let at = 0; at < text.length; at += size) rows.push(...reader.push(text.slice(at, Math.min(text.length, at + size))));
  return [...rows, ...reader.end()].map(({ fields }) => fields);
};

const TRICKY = '\ufeffa,b,c\r\n1,"x, ""y""\nz",\r\n\r\n,,3\n"",é,"last"';

test('CsvReader reads quotes, doubled quotes, line breaks in quotes, either line end and a byte order mark', () => {
  assert.deepEqual(rowsOf(TRICKY), [['a', 'b', 'c'], ['1', 'x, "y"\nz', ''], ['', '', '3'], ['', 'é', 'last']]);
});

test('CsvReader reads the same from pieces of any size', () => {
  for (const size of [1, 2, 3, 7]) assert.deepEqual(rowsOf(TRICKY, size), rowsOf(TRICKY), `pieces of ${size}`);
});

test('CsvReader says on which line a row began', () => {
  const reader = new CsvReader();
  assert.deepEqual([...reader.push('a\n"b\nb"\n\nc\n')].map(({ line }) => line), [1, 2, 5]);
});

test('CsvReader refuses a quote that is never closed instead of swallowing the file', () => {
  assert.throws(() => rowsOf('a,"b\n'.padEnd(1_100_000, 'x')), /never closed/);
});

test('csvText() writes what CsvReader reads', () => {
  const fields = ['plain', 'a,b', 'say "x"', 'two\nlines', ''];
  assert.deepEqual(rowsOf(csvText(fields)), [fields]);
});
