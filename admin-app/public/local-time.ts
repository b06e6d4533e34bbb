const FORMATS: Readonly<Record<string, Intl.DateTimeFormat>> = {
  day: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }),
  clock: new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }),
  weekday: new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' }),
  moment: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
};
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

/** Writes every time below an element in the browser's own zone. */
export const localizeTimes = (root: ParentNode): void => {
  for (const element of root.querySelectorAll<HTMLElement>('time[data-detail]')) {
    const at = new Date(element.getAttribute('datetime') ?? '');
    const text = FORMATS[element.dataset['detail'] ?? '']?.format(at);
    if (text !== undefined && element.textContent !== text) {
      element.textContent = text;
      element.title = FULL.format(at);
    }
  }
  for (const element of root.querySelectorAll<SVGElement>('[data-clock]')) {
    const text = FORMATS[element.dataset['detail'] ?? '']?.format(new Date(element.getAttribute('data-clock') ?? ''));
    if (text !== undefined && element.textContent !== text) element.textContent = text;
  }
};

localizeTimes(document);
