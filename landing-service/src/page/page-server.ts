import type { Clock } from '../../../shared/clock.ts';
import type { Call, Reply } from '../../../shared/http/call.ts';
import { Problem } from '../../../shared/problem.ts';
import type { SigningKey } from '../../../shared/signature.ts';
import type { Attributes } from '../../../shared/targeting/condition.ts';
import { evaluateToggle } from '../../../shared/toggle.ts';
import { uuidv7 } from '../../../shared/uuid.ts';
import type { Shown } from '../assignment/shown.ts';
import { PLAIN } from '../assignment/shown.ts';
import type { VariantChooser } from '../assignment/variant-chooser.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { signView } from '../event/view-token.ts';
import type { View } from '../event/view-token.ts';
import type { ToggleReport } from '../toggle/toggle-report.ts';
import type { TrackLibrary } from '../track/track-library.ts';
import { assignedCookie } from '../visitor/assigned-cookie.ts';
import { attributesOf } from '../visitor/attributes.ts';
import type { Exclusions } from '../visitor/exclusion.ts';
import type { Tally } from '../visitor/tally.ts';
import { visitOf } from '../visitor/visit.ts';
import type { Visit } from '../visitor/visit.ts';
import { visitorCookie } from '../visitor/visitor-cookie.ts';
import type { Page } from './page.ts';
import { freshNonce, pageReply } from './page-reply.ts';
import { renderPage } from './render-page.ts';
import type { ReturnedForm } from './render-page.ts';
import type { PreviewContent } from './preview-source.ts';

/** What serving pages needs. */
export interface PageServerNeeds {
  readonly pages: ReadonlyMap<string, Page>;
  readonly configuration: Configuration;
  readonly chooser: VariantChooser;
  readonly tally: Tally;
  readonly key: SigningKey;
  readonly clock: Clock;
  readonly tracker_url: string;
  readonly library: TrackLibrary;
  readonly toggle_report: ToggleReport;
  readonly exclusions: Exclusions;
  /** Whether a proxy's headers are believed. */
  readonly proxied: boolean;
  /** admin-app's address, which may show previews in a frame. */
  readonly admin_url: string;
}

/** Renders pages for their visitors: variant and toggles are in the first byte. */
export class PageServer {
  readonly #needs: PageServerNeeds;

  constructor(needs: PageServerNeeds) {
    this.#needs = needs;
  }

  /** A page by name; undefined when there is none. */
  findPage(name: string): Page | undefined {
    return this.#needs.pages.get(name);
  }

  /** A page by name; throws Problem `not_found`. */
  getPage(name: string): Page {
    const page = this.#needs.pages.get(name);
    if (page === undefined) throw new Problem('not_found', 'There is no such page.');
    return page;
  }

  /** Answers a visitor with a page; one that ab-service has to be asked about comes later. */
  serve(call: Call, name: string): Reply | Promise<Reply> {
    const { key, exclusions, chooser, tally, proxied } = this.#needs;
    const page = this.getPage(name);
    const visit = visitOf(call, key, exclusions);
    if (visit.exclusion !== undefined) tally.add(`view ${visit.exclusion}`);
    let known: Attributes | undefined;
    const attributes = (): Attributes => (known ??= attributesOf(call, visit.returning, proxied));
    const shown = chooser.choose(visit, name, page.definition.experiment, attributes);
    return shown instanceof Promise ? shown.then((settled) => this.#page(call, page, visit, settled, attributes)) : this.#page(call, page, visit, shown, attributes);
  }

  /** Shows what a variant's visitors see: assigns nobody, records nothing. Throws Problem `not_found` for a variant that is none of the page's. */
  preview(call: Call, name: string, variant_name: string): Reply {
    const page = this.getPage(name);
    const variant = this.#needs.configuration.experimentOn(name)?.variants.find((each) => each.variant_name === variant_name);
    if (variant === undefined) throw new Problem('not_found', 'The experiment on this page has no such variant.');
    return this.#previewOf(call, page, variant.configuration_json, `variant ${variant_name}`);
  }

  /** Shows what a signed link stands for, also a draft's variant. Throws Problem `not_found` when it is not for this page. */
  previewBy(call: Call, name: string, { page: meant, experiment, variant, configuration_json }: PreviewContent): Reply {
    const page = this.getPage(name);
    if (meant !== name) throw new Problem('not_found', 'This preview is for another page.');
    return this.#previewOf(call, page, configuration_json, `variant ${variant} of ${experiment}`);
  }

  /** Shows a page again that was rendered before, with a form that has faults. */
  again(call: Call, view: View, form: ReturnedForm): Reply {
    const { key, configuration, tracker_url, proxied } = this.#needs;
    const page = this.getPage(view.page);
    const nonce = freshNonce();
    const variant = configuration.experimentOn(view.page)?.variants.find((each) => each.variant_name === view.variant);
    const toggles = this.#toggles(page, view.visitor_id, () => attributesOf(call, true, proxied));
    const body = renderPage({
      page,
      slots: page.slotTexts(variant?.configuration_json ?? PLAIN.configuration),
      toggles,
      nonce,
      tracker_url: view.visitor_id === null ? null : tracker_url,
      view_id: view.view_id,
      token: signView(view, key),
      form,
      tracks: this.#needs.library.list,
    });
    return pageReply(400, nonce, body, []);
  }

  #previewOf(call: Call, page: Page, configuration: Readonly<Record<string, unknown>>, preview: string): Reply {
    const nonce = freshNonce();
    const toggles = this.#toggles(page, null, () => attributesOf(call, false, this.#needs.proxied));
    const body = renderPage({ page, slots: page.slotTexts(configuration), toggles, nonce, tracker_url: null, view_id: '', token: '', preview, tracks: this.#needs.library.list });
    return pageReply(200, nonce, body, [], this.#needs.admin_url);
  }

  #page(call: Call, page: Page, visit: Visit, shown: Shown, attributes: () => Attributes): Reply {
    const { key, clock, tracker_url } = this.#needs;
    const counted = visit.exclusion === undefined;
    const nonce = freshNonce();
    const now = clock();
    const view: View = {
      view_id: uuidv7(now),
      form_id: uuidv7(now),
      page: page.name,
      visitor_id: counted ? visit.visitor_id : null,
      experiment: shown.part?.experiment ?? null,
      variant: shown.part?.variant ?? null,
    };
    const body = renderPage({
      page,
      slots: page.slotTexts(shown.configuration),
      toggles: this.#toggles(page, view.visitor_id, attributes),
      nonce,
      tracker_url: counted ? tracker_url : null,
      view_id: view.view_id,
      token: signView(view, key),
      tracks: this.#needs.library.list,
    });
    return pageReply(200, nonce, body, counted ? this.#cookies(call, visit, shown) : []);
  }

  #cookies(call: Call, visit: Visit, { entry }: Shown): readonly string[] {
    const { key } = this.#needs;
    const cookies = visit.returning ? [] : [visitorCookie(visit.visitor_id, key, call.secure)];
    if (entry === undefined) return cookies;
    const others = visit.entries.filter(({ experiment_id }) => experiment_id !== entry.experiment_id);
    return [...cookies, assignedCookie([...others, entry], visit.visitor_id, key, call.secure)];
  }

  #toggles(page: Page, visitor_id: string | null, attributes: () => Attributes): ReadonlySet<string> {
    const { configuration, toggle_report, clock } = this.#needs;
    const on = new Set<string>();
    for (const [key, { default: fallback }] of page.definition.toggles) {
      const toggle = configuration.findToggle(key);
      toggle_report.note(key);
      const value = toggle === undefined ? fallback : evaluateToggle(toggle, visitor_id, toggle.targeting === null ? {} : attributes(), clock()).value;
      if (value) on.add(key);
    }
    return on;
  }
}
