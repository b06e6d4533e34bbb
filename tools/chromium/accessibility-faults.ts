import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import type { Page } from './page.ts';

/** Roles that a person operates or that stand for a picture: each must say what it is. */
const NAMED_ROLES = new Set([
  'button', 'link', 'textbox', 'searchbox', 'checkbox', 'radio', 'switch', 'combobox', 'listbox', 'slider', 'spinbutton', 'menuitem',
  'tab', 'image', 'img', 'graphics-document', 'dialog', 'alertdialog', 'progressbar', 'meter', 'Date', 'DateTime', 'InputTime', 'ColorWell',
]);

const audit_source = async (): Promise<string> =>
  stripTypeScriptTypes(await readFile(new URL('public/accessibility-audit.ts', import.meta.url), 'utf8'));

/**
 * Finds what would shut people out of a page as it stands: images without `alt`, controls without an accessible name, text with less
 * contrast than WCAG 2.2 AA asks (4.5:1; 3:1 for large text), sideways scrolling, ids used twice, a missing `lang` or title, headings
 * that skip a level. Text over a picture is not judged. Returns one sentence per fault, none when all is well.
 */
export const accessibilityFaults = async (page: Page): Promise<readonly string[]> => {
  const faults = await page.evaluate<string[]>(await audit_source());
  const { nodes } = await page.send('Accessibility.getFullAXTree');
  for (const node of nodes) {
    const role = node.role?.value;
    if (node.ignored || !NAMED_ROLES.has(role) || String(node.name?.value ?? '').trim() !== '') continue;
    const properties = new Map((node.properties ?? []).map((property: any) => [property.name, property.value?.value]));
    if (properties.get('hidden') === true) continue;
    faults.push(`A ${role} without a name: ${await describe(page, node.backendDOMNodeId)}`);
  }
  return faults;
};

const describe = async (page: Page, node: number | undefined): Promise<string> => {
  if (node === undefined) return '(no element)';
  const { outerHTML: source } = await page.send<{ outerHTML: string }>('DOM.getOuterHTML', { backendNodeId: node });
  return source.replace(/\s+/g, ' ').slice(0, 120);
};
