import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';

/** The sign of the product: one whole, split in two fair halves. */
export const brandMark: Html = html`<svg class="brand-mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true"><path class="brand-left" d="M14.5 3.1a13 13 0 0 0 0 25.8z"/><path class="brand-right" d="M17.5 3.1a13 13 0 0 1 0 25.8z"/></svg>`;
