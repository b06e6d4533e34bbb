import { localizeTimes } from './local-time.ts';
import { morphChildren } from './morph.ts';

const RETRY_MS = 2_000;
const MARK_MS = 1_600;

/** Follows the server's view of the overview and puts each into the page in place: focus, open details and selections stay. */
class OverviewLive extends HTMLElement {
  private source: EventSource | undefined;
  private latest = '';
  private timer: number | undefined;

  connectedCallback(): void {
    this.connect();
    // A switch that waited for its own answer was left alone meanwhile.
    this.addEventListener('switch-settled', () => this.show());
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
    this.source?.close();
  }

  private connect(): void {
    const source = new EventSource(this.dataset['feed'] ?? '');
    this.source = source;
    source.addEventListener('open', () => this.tell('Live', false));
    source.addEventListener('overview', (event) => {
      this.latest = event.data;
      this.show();
    });
    source.addEventListener('ended', () => this.signIn());
    source.addEventListener('error', () => {
      this.tell('Reconnecting', true);
      if (source.readyState === EventSource.CLOSED) this.timer = setTimeout(() => void this.again(), RETRY_MS);
    });
  }

  /** An event source that was refused does not say why: the session may have ended. */
  private async again(): Promise<void> {
    const answer = await fetch('/session', { headers: { accept: 'application/json' } }).catch(() => undefined);
    if (answer?.status === 401) this.signIn();
    else this.connect();
  }

  private signIn(): void {
    this.source?.close();
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }

  private show(): void {
    if (this.latest === '') return;
    const before = this.announced();
    const next = new DOMParser().parseFromString(this.latest, 'text/html').body;
    morphChildren(this, next, (figure) => mark(figure));
    localizeTimes(this);
    const news = this.announced().filter((text) => !before.includes(text));
    const announcer = document.getElementById('announcer');
    if (news.length > 0 && announcer !== null) announcer.textContent = news.join('. ');
  }

  /** What is worth interrupting a listener for: verdict, status, alarm, a service that is away. */
  private announced(): string[] {
    return [...this.querySelectorAll('[data-announce], .services .notice')].map((element) => element.textContent ?? '');
  }

  private tell(words: string, lost: boolean): void {
    const state = document.getElementById('live-state');
    if (state === null) return;
    state.hidden = false;
    state.textContent = words;
    state.classList.toggle('lost', lost);
  }
}

const TINT = 'color-mix(in srgb, var(--accent) 26%, transparent)';
const STILL = matchMedia('(prefers-reduced-motion: reduce)');

/** Shows gently that a figure is another one now. */
const mark = (figure: Element): void => {
  if (STILL.matches) return;
  figure.animate([{ backgroundColor: TINT, boxShadow: `0 0 0 3px ${TINT}` }, {}], { duration: MARK_MS, easing: 'ease-out' });
};

customElements.define('overview-live', OverviewLive);
