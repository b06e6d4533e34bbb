/** Called with an element whose text is a figure and has changed. */
export type FigureListener = (element: Element) => void;

const keyOf = (node: Node): string | null => (node instanceof Element ? (node.getAttribute('data-key') ?? (node.id || null)) : null);

/** A node that a script of ours has written in, or that is waiting for its own answer. */
const isKept = (element: Element): boolean => element.hasAttribute('data-keep') || element.getAttribute('aria-busy') === 'true';

const sameKind = (a: Node, b: Node): boolean => a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

/** What a person opened stays open: the server knows nothing of it. */
const syncAttributes = (from: Element, to: Element): void => {
  for (const { name, value } of to.attributes) if (name !== 'open' && from.getAttribute(name) !== value) from.setAttribute(name, value);
  for (const name of from.getAttributeNames()) if (name !== 'open' && !to.hasAttribute(name)) from.removeAttribute(name);
};

/** Changes one node into another of its kind. */
const morphNode = (from: Node, to: Node, on_figure: FigureListener): void => {
  if (from.isEqualNode(to)) return;
  if (!(from instanceof Element) || !(to instanceof Element)) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (isKept(from)) return;
  const is_figure = from.hasAttribute('data-figure');
  const before = is_figure ? from.textContent : null;
  // A time was rewritten in the browser's zone: only another moment is news.
  const same_time = from.hasAttribute('datetime') && from.getAttribute('datetime') === to.getAttribute('datetime');
  const same_clock = from.hasAttribute('data-clock') && from.getAttribute('data-clock') === to.getAttribute('data-clock');
  syncAttributes(from, to);
  if (same_time || same_clock) return;
  morphChildren(from, to, on_figure);
  if (is_figure && before !== from.textContent) on_figure(from);
};

/** Changes the children of `from` into those of `to`, which loses them: what is the same stays the very same node, with its focus and state. */
export const morphChildren = (from: Element, to: Element, on_figure: FigureListener): void => {
  const keyed = new Map([...from.childNodes].flatMap((node) => (keyOf(node) === null ? [] : [[`${node.nodeName} ${keyOf(node)}`, node] as const])));
  let place: ChildNode | null = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const key = keyOf(wanted);
    const known = key === null ? null : (keyed.get(`${wanted.nodeName} ${key}`) ?? null);
    if (known !== null) {
      if (known === place) place = place.nextSibling;
      else from.insertBefore(known, place);
      morphNode(known, wanted, on_figure);
    } else if (place !== null && sameKind(place, wanted)) {
      const next: ChildNode | null = place.nextSibling;
      morphNode(place, wanted, on_figure);
      place = next;
    } else from.insertBefore(wanted, place);
  }
  while (place !== null) {
    const next: ChildNode | null = place.nextSibling;
    if (!(place instanceof Element && isKept(place))) place.remove();
    place = next;
  }
};
