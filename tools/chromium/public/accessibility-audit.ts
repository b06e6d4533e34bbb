/** The audit's part that runs in the page; its value is a list of faults. */
(() => {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];

  const faults: string[] = [];
  const brief = (element: Element): string => element.outerHTML.replace(/\s+/g, ' ').slice(0, 100);
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  canvas.canvas.width = canvas.canvas.height = 1;
  const known = new Map<string, Colour>();

  /** Any CSS colour in sRGB: the canvas knows all notations. */
  const colourOf = (css: string): Colour => {
    let colour = known.get(css);
    if (colour === undefined) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = '#000';
      canvas.fillStyle = css;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
      colour = [red, green, blue, alpha / 255];
      known.set(css, colour);
    }
    return colour;
  };
  const over = (top: Colour, below: Colour, opacity = 1): Colour => {
    const alpha = top[3] * opacity;
    const mix = (a: number, b: number): number => a * alpha + b * (1 - alpha);
    return [mix(top[0], below[0]), mix(top[1], below[1]), mix(top[2], below[2]), 1];
  };
  const linear = (value: number): number => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]: Colour): number => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const contrast = (one: Colour, other: Colour): number => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
    return (high + 0.05) / (low + 0.05);
  };

  /** The canvas's own colour: white, or what a dark colour scheme paints. */
  const ground = (): Colour => {
    const probe = document.createElement('div');
    probe.style.color = 'Canvas';
    document.documentElement.append(probe);
    const css = getComputedStyle(probe).color;
    probe.remove();
    return colourOf(css);
  };
  const canvas_colour = ground();

  /** Every colour that may lie behind an element (a gradient has several), or undefined when a picture does. */
  const backgroundsOf = (element: Element): readonly Colour[] | undefined => {
    const layers: Colour[][] = [];
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== 'none' && style.backgroundClip !== 'text') {
        if (style.backgroundImage.includes('url(')) return undefined;
        const stops = style.backgroundImage.match(/(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb|color)\([^()]*\)/g) ?? [];
        if (stops.length > 0) layers.push(stops.map(colourOf));
      }
      const colour = colourOf(style.backgroundColor);
      if (colour[3] > 0) layers.push([colour]);
      if (colour[3] === 1) break;
    }
    let results: readonly Colour[] = [canvas_colour];
    for (const layer of layers.reverse()) {
      if (layer.some((colour) => colour[3] < 1)) results = results.flatMap((below) => layer.map((top) => over(top, below))).slice(0, 64);
      else results = layer;
    }
    return results;
  };
  const opacityOf = (element: Element): number => {
    let opacity = 1;
    for (let at: Element | null = element; at !== null; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    return opacity;
  };

  const judge = (element: Element, style: CSSStyleDeclaration, text: string): void => {
    const backgrounds = backgroundsOf(element);
    if (backgrounds === undefined || style.backgroundClip === 'text') return;
    const own = colourOf(element instanceof SVGElement ? style.fill : style.color);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const opacity = opacityOf(element);
    const worst = Math.min(...backgrounds.map((below) => contrast(over(own, below, opacity), below)));
    const least = large ? 3 : 4.5;
    if (worst < least) faults.push(`Contrast ${worst.toFixed(2)} instead of ${least}: "${text.trim().slice(0, 40)}" in ${brief(element)}`);
  };
  /** Whether a person sees the element: not hidden, not clipped away for screen readers, not a disabled control (which WCAG exempts). */
  const isSeen = (element: Element): boolean => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) return false;
    if (element.closest(':disabled, [aria-disabled="true"], [inert]') !== null) return false;
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1 || box.right < 0 || box.bottom + scrollY < 0) return false;
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.clipPath.startsWith('inset(50%') || style.clip === 'rect(0px, 0px, 0px, 0px)') return false;
    }
    return true;
  };

  const judged = new Set<Element>();
  const walker = document.createTreeWalker(document.body ?? document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (element === null || judged.has(element) || (node.nodeValue ?? '').trim() === '') continue;
    if (element.closest('script, style, noscript, template, title, desc, option') !== null) continue;
    judged.add(element);
    if (isSeen(element)) judge(element, getComputedStyle(element), node.nodeValue ?? '');
  }
  for (const field of document.querySelectorAll<HTMLInputElement>('input:not([type=hidden], [type=checkbox], [type=radio], [type=range], [type=color]), select, textarea')) {
    if (!isSeen(field)) continue;
    if (field.value !== '') judge(field, getComputedStyle(field), field.value);
    else if (field.placeholder) judge(field, getComputedStyle(field, '::placeholder'), field.placeholder);
  }

  const page = document.documentElement;
  if (!page.lang) faults.push('The page has no lang.');
  if (document.title.trim() === '') faults.push('The page has no title.');
  for (const image of document.querySelectorAll('img:not([alt]), input[type=image]:not([alt])')) {
    if (image.closest('[aria-hidden="true"]') === null) faults.push(`An image without alt: ${brief(image)}`);
  }
  const ids = new Map<string, number>();
  for (const { id } of document.querySelectorAll('[id]')) ids.set(id, (ids.get(id) ?? 0) + 1);
  for (const [id, count] of ids) if (count > 1) faults.push(`The id "${id}" is used ${count} times.`);

  if (page.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right + scrollX > innerWidth + 1);
    faults.push(`The page scrolls sideways: ${page.scrollWidth} of ${innerWidth} pixels. Widest: ${wide.slice(0, 3).map(brief).join(' | ')}`);
  }

  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    if (!heading.checkVisibility()) continue;
    const next = Number(heading.tagName[1]);
    if (next > level + 1) faults.push(`A heading of level ${next} after level ${level}: ${brief(heading)}`);
    level = next;
  }
  return faults;
})();
