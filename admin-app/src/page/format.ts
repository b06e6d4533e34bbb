/** Writes numbers for a person; built once for each language. */
export interface Format {
  readonly count: (value: number) => string;
  /** A fraction of one as a percentage with two digits, three below one percent. */
  readonly percent: (value: number) => string;
  /** A fraction that is a round percentage, with no more digits than it has. */
  readonly round_percent: (value: number) => string;
  /** A relative change with its sign. */
  readonly change: (value: number) => string;
  /** A difference of two rates, in percentage points, with its sign. */
  readonly points: (value: number) => string;
  readonly amount: (value: number) => string;
  /** A probability that is not rounded to what it never is: 0 or 1. */
  readonly chance: (value: number) => string;
  readonly p_value: (value: number) => string;
}

const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i;

/** Finds the language in which numbers are written in an `Accept-Language` header; English where it names none that is known. */
export const localeOf = (header: string | undefined): string => {
  const wanted = (header ?? '').slice(0, 200).split(',').map((part) => part.split(';', 1)[0]?.trim() ?? '');
  for (const tag of wanted) {
    if (!LANGUAGE.test(tag)) continue;
    const [known] = Intl.NumberFormat.supportedLocalesOf([tag]);
    if (known !== undefined) return known;
  }
  return 'en';
};

/** A minus is as wide as a plus. */
const minus = (text: string): string => text.replaceAll('-', '−');

const createFormat = (locale: string): Format => {
  const number = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const format = new Intl.NumberFormat(locale, options);
    return (value) => minus(format.format(value));
  };
  const percentWith = (digits: number, signed = false): ((value: number) => string) =>
    number({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits, ...(signed ? { signDisplay: 'exceptZero' as const } : {}) });
  const [whole, one, two, three] = [percentWith(0), percentWith(1), percentWith(2), percentWith(3)];
  const [change_whole, change_one, change_two] = [percentWith(0, true), percentWith(1, true), percentWith(2, true)];
  const points = number({ minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' });
  const decimals = number({ minimumFractionDigits: 3, maximumFractionDigits: 3 });
  return {
    count: number({ maximumFractionDigits: 0 }),
    percent: (value) => (value === 0 || value === 1 ? whole(value) : Math.abs(value) < 0.01 ? three(value) : two(value)),
    round_percent: number({ style: 'percent', maximumFractionDigits: 3 }),
    change: (value) => (Math.abs(value) >= 10 ? change_whole : Math.abs(value) < 0.1 ? change_two : change_one)(value),
    points: (value) => points(value * 100),
    amount: number({ minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    chance: (value) => (value < 0.001 ? `< ${one(0.001)}` : value > 0.999 ? `> ${one(0.999)}` : one(value)),
    p_value: (value) => (value < 0.001 ? `< ${decimals(0.001)}` : decimals(value)),
  };
};

const LOCALES_MAX = 64;
const formats = new Map<string, Format>();

/** The way numbers are written in a language. */
export const formatFor = (locale: string): Format => {
  const known = formats.get(locale);
  if (known !== undefined) return known;
  // Languages come from strangers' headers.
  if (formats.size >= LOCALES_MAX) formats.clear();
  const made = createFormat(locale);
  formats.set(locale, made);
  return made;
};
