import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { escapeHtml } from '../../../shared/html.ts';
import { Assets } from '../../../shared/http/static.ts';
import { Problem } from '../../../shared/problem.ts';
import { parse } from '../../../shared/schema/schema.ts';
import { StartFault } from '../../../shared/start-fault.ts';
import { PAGE_DEFINITION } from './page-definition.ts';
import type { PageDefinition } from './page-definition.ts';
import { slotText } from './slot-text.ts';
import { parseTemplate } from './template.ts';
import type { Template } from './template.ts';

/** Texts that the service itself puts into a page, safe as they are. */
export const SYSTEM_TEXTS = ['@nonce', '@head', '@top', '@foot', '@form', '@tracks', '@name', '@email', '@message', '@name_fault', '@email_fault', '@message_fault'] as const;
/** Sections that the service itself shows: what is wrong with a form, and a preview. */
export const SYSTEM_SECTIONS = ['@faults', '@name_fault', '@email_fault', '@message_fault', '@preview', '@tracks'] as const;

/** Slot texts of one variant, escaped. */
export type SlotTexts = Readonly<Record<string, string>>;

/** A page, read and checked once. */
export interface Page {
  readonly name: string;
  readonly definition: PageDefinition;
  readonly template: Template;
  readonly style: string;
  /** The address of the page's own script; undefined where it has none. */
  readonly script_url: string | undefined;
  readonly assets: Assets;
  /** The address of a file of the page; undefined when there is none. */
  readonly findUrl: (file: string) => string | undefined;
  /** The slots under a variant's configuration: remembered per object, which must not change afterwards. */
  readonly slotTexts: (configuration: Readonly<Record<string, unknown>>) => SlotTexts;
}

const reason = (error: unknown): string => {
  if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error);
  return (error.extras.faults ?? []).map(({ field, message }) => `${field} ${message}`).join('; ') || error.message;
};

const SLOT_NAME = /^[a-z][a-z0-9_]*$/;

const readDefinition = (folder: URL): PageDefinition => {
  const definition = parse(PAGE_DEFINITION, JSON.parse(readFileSync(new URL('page.json', folder), 'utf8')));
  for (const name of definition.slots.keys()) if (!SLOT_NAME.test(name)) throw new Error(`the slot "${name}" must be named in lower-case letters, digits and _`);
  return definition;
};

/** Says where in a site the files of a page are: `/assets/<hash>/<page>/<file>`. */
const addressIn = (name: string, assets: Assets) => (file: string): string => {
  const [, , hash, path] = assets.url(file).split('/');
  return `/assets/${hash}/${name}/${path}`;
};

/** A style without comments and indentation: it is sent with every page. */
const tight = (style: string): string => style.replace(/\/\*[^]*?\*\//g, '').replace(/\s*\n\s*/g, '\n').trim();

const attempt = <T>(action: () => T): T | undefined => {
  try {
    return action();
  } catch {
    return undefined;
  }
};

/** Reads a page's folder (an address that ends in a slash); throws StartFault that says what is wrong with it. */
export const readPage = (name: string, folder: URL): Page => {
  try {
    const definition = readDefinition(folder);
    const assets = new Assets(folder);
    const address = addressIn(name, assets);
    const find = (file: string): string | undefined => attempt(() => address(file));
    const template = parseTemplate(readFileSync(new URL('page.html', folder), 'utf8'), {
      texts: new Set([...SYSTEM_TEXTS, ...definition.slots.keys()]),
      sections: new Set([...SYSTEM_SECTIONS, ...definition.toggles.keys()]),
      asset_url: address,
    });
    for (const [key, slot] of definition.slots)
      if (slotText(slot, slot.default, find) === undefined) throw new Error(`the default of the slot ${key} is no ${slot.type}`);

    const texts = (configuration: Readonly<Record<string, unknown>>): SlotTexts => {
      const made: Record<string, string> = Object.create(null);
      for (const [key, slot] of definition.slots) {
        const given = Object.hasOwn(configuration, key) ? slotText(slot, configuration[key], find) : undefined;
        made[key] = escapeHtml(given ?? slotText(slot, slot.default, find) ?? '');
      }
      return made;
    };
    const remembered = new WeakMap<object, SlotTexts>();
    const slotTexts = (configuration: Readonly<Record<string, unknown>>): SlotTexts => {
      const known = remembered.get(configuration) ?? texts(configuration);
      remembered.set(configuration, known);
      return known;
    };
    return { name, definition, template, style: tight(attempt(() => assets.text('style.css')) ?? ''), script_url: find('script.ts'), assets, findUrl: find, slotTexts };
  } catch (error) {
    throw new StartFault(`The page ${name} in ${fileURLToPath(folder)} cannot be used: ${reason(error)}`);
  }
};
