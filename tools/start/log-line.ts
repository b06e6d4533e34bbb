import { styleText } from 'node:util';

const NAME_WIDTH = 8;
const LEVEL_STYLES: Readonly<Record<string, 'dim' | 'yellow' | 'red'>> = { debug: 'dim', warn: 'yellow', error: 'red' };
const NAME_STYLES: Readonly<Record<string, 'cyan' | 'magenta' | 'green' | 'blue'>> = { ab: 'cyan', metrics: 'magenta', landing: 'green', admin: 'blue' };
// Control characters from a visitor's headers must not steer the operator's terminal.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** How a line is shown: whose it is, whether in colour, and the time for lines that carry none (milliseconds since 1970). */
export interface LogLineOptions {
  readonly service: string;
  readonly colour: boolean;
  readonly now: number;
}

/**
 * Writes one line of a service's output for a reader: `12:00:01 ab       message key=value`, in local time. A line that is no
 * JSON log line (a start fault, a crash's stack) is shown as it is, behind the same prefix.
 */
export const formatLogLine = (line: string, options: LogLineOptions): string => {
  const name = options.service.replace(/-(service|app)$/, '');
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    options.colour ? styleText(style, text, { validateStream: false }) : text;
  const entry = parse(line);
  const parsed_time = Date.parse(String(entry?.['time']));
  const time = clockTime(Number.isNaN(parsed_time) ? options.now : parsed_time);
  const prefix = `${paint('dim', time)} ${paint(NAME_STYLES[name] ?? 'bold', name.padEnd(NAME_WIDTH))}`;
  if (!entry) return `${prefix} ${plain(line)}`;

  const { time: _time, service: _service, level, message, ...fields } = entry;
  const style = LEVEL_STYLES[String(level)];
  const label = level === 'warn' || level === 'error' ? `${level}: ` : '';
  const text = plain(`${label}${String(message)}`);
  const pairs = Object.entries(fields).map(([key, value]) => ` ${paint('dim', `${plain(key)}=`)}${valueText(value)}`);
  return `${prefix} ${style ? paint(style, text) : text}${pairs.join('')}`;
};

const parse = (line: string): Record<string, unknown> | undefined => {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'message' in entry ? (entry as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

const valueText = (value: unknown): string => {
  if (typeof value !== 'string') return plain(JSON.stringify(value) ?? 'null');
  // A stack is for a reader: its lines stay lines.
  if (value.includes('\n')) return value.split('\n').map((part) => `\n    ${plain(part)}`).join('');
  return /^[^\s"=]+$/.test(value) ? plain(value) : plain(JSON.stringify(value));
};

const plain = (text: string): string =>
  text.replace(CONTROL_CHARACTERS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const clockTime = (milliseconds: number): string => {
  const date = new Date(milliseconds);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
};
