// Fairsplit's tracker: <script defer src="/tracker.js">.
(() => {
  const script = document.currentScript as HTMLScriptElement | null;
  const browser = navigator as Navigator & { globalPrivacyControl?: boolean };
  if (!script || browser.globalPrivacyControl || browser.doNotTrack === '1') return;

  const { id, view } = script.dataset;
  const endpoint = script.dataset['endpoint'] ?? new URL('/events', script.src).href;
  const QUEUE = 'fairsplit.queue.';
  const VISITOR = 'fairsplit.visitor';
  const BATCH_MAX = 50;
  const KEPT_MAX = 20;

  // Storage may be switched off, or full.
  const stored = <T>(use: (all: Storage) => T): T | void => {
    try {
      return use(localStorage);
    } catch {}
  };
  const read = (key: string): string => stored((all) => all.getItem(key)) ?? '';
  const write = (key: string, text: string): void => stored((all) => all.setItem(key, text));
  const remove = (key: string): void => stored((all) => all.removeItem(key));

  // Version 7.
  const uuid = (): string => {
    const bytes = crypto.getRandomValues(new Uint8Array(10));
    bytes[0] = (bytes[0]! & 15) | 112;
    bytes[2] = (bytes[2]! & 63) | 128;
    const hex = Date.now().toString(16).padStart(12, '0') + [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };

  const utm: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(location.search)) if (/^utm_[a-z]{1,20}$/.test(name)) utm[name.slice(4)] = value.slice(0, 200);
  const context = {
    path: location.pathname.slice(0, 2000),
    referrer: document.referrer.split(/[?#]/)[0]!.slice(0, 2000) || undefined,
    utm: Object.keys(utm).length ? utm : undefined,
    screen_width: screen.width,
    language: navigator.language,
    automation: navigator.webdriver || undefined,
  };

  let pending: object[] = [];
  let timer = 0;
  let wait = 2000;

  // Each under its own name: no tab writes over what another keeps.
  const kept = (): string[] => (stored(Object.keys) ?? []).filter((name) => name.startsWith(QUEUE)).sort();
  const keep = (batch: string): string => {
    const name = QUEUE + uuid();
    write(name, batch);
    kept().slice(0, -KEPT_MAX).forEach(remove);
    return name;
  };
  const take = (): string => JSON.stringify({ view, events: pending.splice(0, BATCH_MAX) });
  const bodyOf = (batch: string): string => batch.slice(0, -1) + JSON.stringify({ visitor: view ? undefined : read(VISITOR) || undefined, sent_at: new Date().toISOString() }).replace('{', ',');

  // Kept until it is answered, and the page may be gone by then. Sent twice, it counts once.
  const post = async (batch: string, name: string): Promise<boolean> => {
    try {
      const answer = await fetch(endpoint, { method: 'POST', body: bodyOf(batch), headers: { 'content-type': 'text/plain' }, keepalive: true });
      if (answer.status >= 500 || answer.status === 429) throw answer;
      const { visitor } = await answer.json().catch(() => ({}));
      if (visitor && !view) write(VISITOR, visitor);
      remove(name);
      wait = 2000;
      return true;
    } catch {
      return false;
    }
  };

  const later = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(flush, ms);
  };
  // What was kept goes first; what fails stays.
  let busy = false;
  const flush = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    let well = true;
    for (const name of kept()) {
      const batch = read(name);
      if (batch && well) well = await post(batch, name);
    }
    while (pending.length && well) {
      const batch = take();
      const name = keep(batch);
      well = await post(batch, name);
      if (!well && !read(name)) pending.unshift(...JSON.parse(batch).events);
    }
    busy = false;
    if (!well) later((wait = Math.min(wait * 2, 60000)));
  };

  const track = (event_type: string, event_name?: string, properties?: object, value?: number, event_id = uuid()): void => {
    pending.push({ event_id, event_type, event_name: event_name?.slice(0, 128) || undefined, properties, value, timestamp: new Date().toISOString(), context });
    if (!busy) later(100);
  };

  const leave = (): void => {
    while (pending.length) {
      const batch = take();
      if (!navigator.sendBeacon?.(endpoint, bodyOf(batch))) keep(batch);
    }
  };

  addEventListener('click', ({ target }) => {
    const element = (target as Element).closest?.<HTMLElement>('[data-cta],[data-track],a,button,input[type=submit]');
    if (!element) return;
    const { cta, track: name } = element.dataset;
    if (cta) track('cta_click', cta);
    else track('click', name || element.id || element.textContent?.trim().slice(0, 64) || element.getAttribute('href') || element.tagName.toLowerCase());
  }, true);

  let depth = 0;
  let drawn = false;
  addEventListener('scroll', () => {
    if (drawn) return;
    drawn = true;
    requestAnimationFrame(() => {
      drawn = false;
      const { scrollHeight } = document.documentElement;
      const seen = ((scrollY + innerHeight + 1) / scrollHeight) * 100;
      for (; depth < 100 && seen >= depth + 25; track('scroll', String(depth), { depth })) depth += 25;
    });
  }, { passive: true });

  let since = document.hidden ? 0 : performance.now();
  const rest = (): void => {
    const seconds = since ? Math.round((performance.now() - since) / 100) / 10 : 0;
    since = 0;
    if (seconds >= 0.5) track('engagement', 'time_on_page', { time_on_page: seconds });
    leave();
  };
  addEventListener('visibilitychange', () => {
    if (document.hidden) rest();
    else since = performance.now();
  });
  addEventListener('pagehide', rest);
  addEventListener('pageshow', () => (since ||= performance.now()));
  addEventListener('online', () => later(0));

  const begin = (): void => track('page_view', undefined, undefined, undefined, id);
  if ((document as Document & { prerendering?: boolean }).prerendering) document.addEventListener('prerenderingchange', begin, { once: true });
  else begin();

  Object.assign(window, { fairsplit: { track } });
})();
