import { parseArgs } from 'node:util';
import { StartFault } from '../../shared/start-fault.ts';

/** What `npm run import` was asked to do. */
export interface ImportOptions {
  readonly file: string;
  readonly experiment: string;
  /** Names of columns. */
  readonly visitor: string;
  readonly variant: string;
  readonly time: string;
  readonly converted: string;
  /** Names of our variants by the file's. */
  readonly names: ReadonlyMap<string, string>;
  /** A row is kept if any of these holds whole; all rows where there is none. */
  readonly keep: readonly ReadonlyMap<string, string>[];
  /** The event that a conversion is. */
  readonly metric: string;
  readonly delimiter: string;
  /** Where rejected rows go, with the reason. */
  readonly rejects: string;
  readonly dry_run: boolean;
}

/** What `--help` prints. */
export const USAGE = `Brings a past test into Fairsplit from a CSV file, plain or gzipped.

  npm run import -- FILE.csv[.gz] --experiment KEY --visitor COLUMN --variant COLUMN --time COLUMN --converted COLUMN

  --map a=A,b=B            names of variants: the file's = ours
  --keep col=v,col2=w      keeps a row if all of these hold; given several times, if any of them does
  --metric EVENT           the event that a conversion is (form_submit)
  --delimiter CHARACTER    between columns (,)
  --rejects FILE           where rejected rows go, with the reason (FILE.rejected.csv)
  --dry-run                reads and checks the file, sends nothing

Running it twice changes nothing; a run that was interrupted goes on where it stopped.`;

const pairs = (option: string, text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(',').map((pair) => {
      const mark = pair.indexOf('=');
      if (mark < 1) throw new StartFault(`--${option} takes name=value, separated by commas; "${pair.slice(0, 60)}" is none.`);
      return [pair.slice(0, mark).trim(), pair.slice(mark + 1).trim()];
    }),
  );

/** Reads the command line; throws StartFault with what is missing. */
export const readImportOptions = (args: readonly string[]): ImportOptions => {
  const text = { type: 'string' } as const;
  const parse = () => parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { experiment: text, visitor: text, variant: text, time: text, converted: text, map: text, metric: text, delimiter: text, rejects: text, keep: { type: 'string', multiple: true }, 'dry-run': { type: 'boolean' } },
  });
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse();
  } catch (error) {
    throw new StartFault(`${(error as Error).message.split('. ')[0]}. --help shows what there is.`);
  }
  const { values, positionals } = parsed;
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new StartFault('Name one file to import. --help shows how.');
  const needed = (name: 'experiment' | 'visitor' | 'variant' | 'time' | 'converted'): string => {
    const value = values[name];
    if (!value) throw new StartFault(`--${name} is missing. --help shows what there is.`);
    return value;
  };
  const delimiter = values.delimiter === '\\t' ? '\t' : (values.delimiter ?? ',');
  if (delimiter.length !== 1 || delimiter === '"') throw new StartFault('--delimiter takes one character.');
  return {
    file,
    experiment: needed('experiment'),
    visitor: needed('visitor'),
    variant: needed('variant'),
    time: needed('time'),
    converted: needed('converted'),
    names: values.map === undefined ? new Map() : pairs('map', values.map),
    keep: (values.keep ?? []).map((condition) => pairs('keep', condition)),
    metric: values.metric ?? 'form_submit',
    delimiter,
    rejects: values.rejects ?? `${file.replace(/(\.csv)?(\.gz)?$/, '')}.rejected.csv`,
    dry_run: values['dry-run'] ?? false,
  };
};
