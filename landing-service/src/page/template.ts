import { escapeHtml } from '../../../shared/html.ts';

/** What a template's names stand for at one rendering. */
export interface TemplateValues {
  /** Text that is already safe in element content and in quoted attributes. */
  readonly texts: Readonly<Record<string, string>>;
  /** The sections that are shown. */
  readonly shown: ReadonlySet<string>;
}

/** The names that a template may use; a template with any other is refused when it is read. */
export interface TemplateNames {
  readonly texts: ReadonlySet<string>;
  readonly sections: ReadonlySet<string>;
  /** The address of a file of the page, for `{{asset:hero.svg}}`; throws when there is none. */
  readonly asset_url: (file: string) => string;
}

interface Section {
  readonly name: string;
  readonly inverted: boolean;
  readonly parts: Part[];
}

type Part = string | { readonly text: string } | Section;

/** A page's HTML, read once: rendering only joins strings. */
export interface Template {
  readonly parts: readonly Part[];
}

const TAG = /\{\{([#^/]?)\s*([^{}]*?)\s*\}\}/g;

/**
 * Reads a template. `{{name}}` is a text; `{{#name}}…{{/name}}` stands while the section is shown, `{{^name}}…{{/name}}` while it is not;
 * `{{asset:file}}` is a file's address. There is nothing else: no logic, and nothing that could put unescaped text into a page.
 * Throws an Error that names the line of the first fault.
 */
export const parseTemplate = (source: string, names: TemplateNames): Template => {
  const root: Part[] = [];
  const open: Section[] = [];
  let end = 0;
  for (const match of source.matchAll(TAG)) {
    const [tag, mark, name = ''] = match;
    const parts = open.at(-1)?.parts ?? root;
    const fault = (message: string): Error => new Error(`line ${source.slice(0, match.index).split('\n').length}: ${message}`);
    if (match.index > end) parts.push(source.slice(end, match.index));
    end = match.index + tag.length;
    if (mark === '/') {
      if (open.pop()?.name !== name) throw fault(`${tag} closes nothing that was opened`);
    } else if (mark === '#' || mark === '^') {
      if (!names.sections.has(name)) throw fault(`${tag} is no toggle of this page`);
      const section = { name, inverted: mark === '^', parts: [] };
      parts.push(section);
      open.push(section);
    } else if (name.startsWith('asset:')) parts.push(escapeHtml(names.asset_url(name.slice('asset:'.length))));
    else if (names.texts.has(name)) parts.push({ text: name });
    else throw fault(`${tag} is no slot of this page`);
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw new Error(`the section ${unclosed.name} is not closed`);
  if (end < source.length) root.push(source.slice(end));
  return { parts: root };
};

const render = (parts: readonly Part[], values: TemplateValues): string => {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else if ('text' in part) text += values.texts[part.text] ?? '';
    else if (values.shown.has(part.name) !== part.inverted) text += render(part.parts, values);
  }
  return text;
};

/** Renders a template: strings joined, nothing parsed. */
export const renderTemplate = (template: Template, values: TemplateValues): string => render(template.parts, values);
