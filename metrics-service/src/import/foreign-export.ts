import { Problem } from '../../../shared/problem.ts';
import { csvRowsOf } from './csv-rows.ts';
import type { Line } from './lines.ts';

/** A row of another program's export, by the names of its columns. */
type Row = (column: string) => string;

/** Says what an event of another program is here, as a line of an import has it; undefined for what is left out. */
export type ForeignReader = (cells: readonly string[]) => Readonly<Record<string, unknown>> | undefined;

/** The type that events have which the other program knows by a name alone. */
const NAMED_EVENT = 'event';

const present = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== undefined));

/** An address of which some exports have no scheme. */
const address = (text: string): string => (text === '' || /^[a-z]+:/i.test(text) ? text : `https://${text}`);

const widthOf = (screen: string): number | undefined => {
  const width = Number(/^(\d{1,5})[,x]/.exec(screen)?.[1] ?? NaN);
  return Number.isFinite(width) && width > 0 ? width : undefined;
};

const typeAndName = (isNamed: boolean, name: string): Readonly<Record<string, unknown>> => (isNamed ? { event_type: NAMED_EVENT, ...present({ event_name: name.slice(0, 128) }) } : { event_type: 'page_view' });

/** GoatCounter's CSV export, version 2 (the first column's name begins with the version): https://www.goatcounter.com/help/export */
const goatCounter = (row: Row): Readonly<Record<string, unknown>> | undefined => {
  if (!['0', ''].includes(row('Bot'))) return undefined;
  const scheme = row('Referrer scheme');
  const referrer = row('Referrer');
  return {
    record: 'event',
    visitor_id: `goatcounter:${row('Session')}`,
    ...typeAndName(row('Event') === 'true' || row('Event') === '1', row('2Path')),
    timestamp: row('Date'),
    properties: present({ title: row('Title'), location: row('Location') }),
    context: present({
      path: row('Event') === 'true' ? '' : row('2Path'),
      user_agent: row('UserAgent') || row('User-Agent'),
      referrer: scheme === 'c' || scheme === 'g' ? '' : address(referrer),
      utm: scheme === 'c' && referrer !== '' ? { campaign: referrer } : undefined,
      screen_width: widthOf(row('Screen size')),
    }),
  };
};

/** Umami's export of its table `website_event`: https://github.com/umami-software/umami (db/clickhouse/schema.sql) */
const umami = (row: Row): Readonly<Record<string, unknown>> => {
  const utm = present({ source: row('utm_source'), medium: row('utm_medium'), campaign: row('utm_campaign'), content: row('utm_content'), term: row('utm_term') });
  return {
    record: 'event',
    ...present({ event_id: row('event_id') }),
    visitor_id: `umami:${row('session_id')}`,
    ...typeAndName(row('event_type') === '2', row('event_name')),
    timestamp: row('created_at'),
    properties: present({ title: row('page_title'), browser: row('browser'), os: row('os'), device: row('device'), country: row('country'), tag: row('tag') }),
    context: present({
      path: row('url_path'),
      language: row('language'),
      referrer: address(row('referrer_domain') === '' ? '' : `${row('referrer_domain')}${row('referrer_path')}`),
      utm: Object.keys(utm).length > 0 ? utm : undefined,
      screen_width: widthOf(row('screen')),
    }),
  };
};

const FORMATS: readonly (readonly [columns: readonly string[], read: (row: Row) => Readonly<Record<string, unknown>> | undefined])[] = [
  [['2Path', 'Session', 'Date'], goatCounter],
  [['session_id', 'event_type', 'created_at'], umami],
];

/** Tells by its header which program wrote an export, and answers how to read its rows; undefined if it is none that is known. */
export const foreignReader = (header: readonly string[]): ForeignReader | undefined => {
  const places = new Map(header.map((name, index) => [name.replace(/^\ufeff/, '').trim(), index]));
  const found = FORMATS.find(([columns]) => columns.every((column) => places.has(column)));
  if (found === undefined) return undefined;
  return (cells) => found[1]((column) => cells[places.get(column) ?? -1]?.trim() ?? '');
};

/**
 * Turns another program's CSV export into lines of an import, one for each row but the header and the rows of bots, with the rows' numbers.
 * Throws Problem `malformed` for a file of no program that is known.
 */
export async function* foreignLinesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  let read: ForeignReader | undefined;
  for await (const rows of csvRowsOf(input)) {
    const lines: Line[] = [];
    for (const { number, cells } of rows) {
      if (cells === undefined) lines.push({ number, text: undefined });
      else if (read !== undefined) {
        const record = read(cells);
        if (record !== undefined) lines.push({ number, text: JSON.stringify(record) });
      } else {
        read = foreignReader(cells);
        if (read === undefined) throw new Problem('malformed', 'The first line names no columns of an export that is known: GoatCounter (CSV) or Umami (website_event.csv).');
      }
    }
    yield lines;
  }
}
