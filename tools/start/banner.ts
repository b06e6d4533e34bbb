import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';

import type { ServiceName } from '../../shared/config.ts';
import type { Settings } from './settings.ts';

const LABEL_WIDTH = 16;

/** Writes what a person needs once everything runs: addresses, the set-up link while there is one, and where the data is. */
export const banner = (settings: Settings, seconds: number, colour: boolean): string => {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const row = (label: string, value: string, note = ''): string =>
    `    ${label.padEnd(LABEL_WIDTH)}${value}${note === '' ? '' : `  ${paint('dim', note)}`}`;
  const url = (name: ServiceName): string =>
    (settings.services.find((service) => service.name === name)?.url ?? '').replace('//127.0.0.1:', '//localhost:');
  const link = setupLink(settings.data_dir);
  return [
    '',
    `  ${paint(['bold', 'green'], 'Fairsplit is running')} ${paint('dim', `(ready in ${seconds.toFixed(1)} s)`)}`,
    '',
    row('Landing page', paint('cyan', url('landing-service'))),
    row('Admin', paint('cyan', url('admin-app'))),
    row('Experiments API', paint('cyan', url('ab-service')), 'documentation: /docs'),
    row('Metrics API', paint('cyan', url('metrics-service')), 'documentation: /docs'),
    row('Data', settings.data_dir),
    ...(link === undefined
      ? []
      : ['', `  ${paint('bold', 'First time here?')} Create your account with this link; it works once, for 30 minutes:`, `    ${paint('cyan', link)}`]),
    '',
    `  ${paint('dim', 'Ctrl-C stops everything.')}`,
    '',
    '',
  ].join('\n');
};

const setupLink = (data_dir: string): string | undefined => {
  try {
    const link = readFileSync(join(data_dir, 'setup-link'), 'utf8').trim();
    return /^https?:\/\/[\x21-\x7e]+$/.test(link) ? link : undefined;
  } catch {
    return undefined;
  }
};
