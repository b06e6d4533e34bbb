import { element } from './element.ts';
import type { Operation } from './open-api.ts';

/** A method as a coloured word. */
export const methodLabel = (method: string): HTMLElement => element('span', { class: `method method-${method.toLowerCase()}` }, method);

const ACCESS: Readonly<Record<Operation['x-access'], string>> = { open: 'open', ingest: 'ingest or API token', api: 'API token' };

/** Which token an operation needs, in words. */
export const accessWords = (operation: Operation): string => ACCESS[operation['x-access']];

/** Which token an operation needs, as a label. */
export const accessLabel = (operation: Operation): HTMLElement => element('span', { class: `tag access-${operation['x-access']}` }, accessWords(operation));

/** The name of the variable that a curl command takes the token from; none where none is needed. */
export const tokenNameOf = (operation: Operation): string | undefined => ({ open: undefined, ingest: 'INGEST_TOKEN', api: 'API_TOKEN' })[operation['x-access']];

/** A path in which a line may break after each part. */
export const pathCode = (path: string): HTMLElement =>
  element('code', { class: 'path' }, path.split(/(?<=.)(?=\/)/).flatMap((part, index) => (index === 0 ? [part] : [element('wbr'), part])));
