import { escapeHtml } from '../../../shared/html.ts';
import type { Page, SlotTexts } from './page.ts';
import { renderTemplate } from './template.ts';

/** A form that came back with faults: what was typed, and what was wrong with it. */
export interface ReturnedForm {
  readonly values: Readonly<Record<string, string>>;
  readonly faults: Readonly<Record<string, string>>;
}

/** One rendering of a page. */
export interface PageView {
  readonly page: Page;
  readonly slots: SlotTexts;
  /** The toggles that are on. */
  readonly toggles: ReadonlySet<string>;
  readonly nonce: string;
  /** Where the tracker is; null where nothing is recorded. */
  readonly tracker_url: string | null;
  readonly view_id: string;
  /** Signed; goes into the form and the pixel. Empty in a preview. */
  readonly token: string;
  /** The variant that a preview shows. */
  readonly preview?: string;
  readonly form?: ReturnedForm;
  /** The media library's tracks as list items; empty while it has none. */
  readonly tracks: string;
}

const FIELDS = ['name', 'email', 'message'] as const;

const head = ({ page, nonce }: PageView): string =>
  `<title>${escapeHtml(page.definition.title)}</title><meta name="description" content="${escapeHtml(page.definition.description)}"><style nonce="${nonce}">${page.style}</style>`;

const banner = (preview: string): string =>
  `<div class="preview-banner" role="status"><strong>Preview of ${escapeHtml(preview)}</strong> Nobody is assigned and nothing is recorded.</div>`;

const foot = ({ page, nonce, tracker_url, view_id, token }: PageView): string => {
  const script = page.script_url === undefined ? '' : `<script type="module" nonce="${nonce}" src="${page.script_url}"></script>`;
  if (tracker_url === null) return script;
  return `${script}<script defer nonce="${nonce}" src="${tracker_url}" data-endpoint="/events" data-id="${view_id}" data-view="${token}"></script><noscript><img class="pixel" src="/pixel?view=${token}" alt="" width="1" height="1"></noscript>`;
};

/** The fields of a contact form that are not for people: which rendering it belongs to, and a trap for machines that fill in everything. */
const formFields = ({ page, token }: PageView): string =>
  `<input type="hidden" name="view" value="${token}"><input type="hidden" name="page" value="${page.name}"><div class="trap" aria-hidden="true"><label>Leave this empty <input name="website" tabindex="-1" autocomplete="off"></label></div>`;

/** Renders a page into one string. */
export const renderPage = (view: PageView): string => {
  const { page, slots, toggles, form, preview, nonce, tracks } = view;
  const shown = new Set(toggles);
  const texts: Record<string, string> = { ...slots, '@nonce': nonce, '@head': head(view), '@top': preview === undefined ? '' : banner(preview), '@foot': foot(view), '@form': formFields(view), '@tracks': tracks };
  if (tracks !== '') shown.add('@tracks');
  if (preview !== undefined) shown.add('@preview');
  if (form !== undefined) {
    if (Object.keys(form.faults).length > 0) shown.add('@faults');
    for (const field of FIELDS) {
      texts[`@${field}`] = escapeHtml(form.values[field] ?? '');
      const fault = form.faults[field];
      if (fault === undefined) continue;
      texts[`@${field}_fault`] = escapeHtml(fault);
      shown.add(`@${field}_fault`);
    }
  }
  return renderTemplate(page.template, { texts, shown });
};
