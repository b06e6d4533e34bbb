/** x and y in thousandths, the time in milliseconds, the rate and the visitors as text. */
type PointData = readonly [x: number, y: number, at: number, rate: string, users: string];

interface LineData {
  readonly name: string;
  readonly mark: string;
  readonly points: readonly PointData[];
}

const MOMENT: Intl.DateTimeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const make = (name: string, class_name: string, text = ''): HTMLElement => {
  const element = document.createElement(name);
  element.className = class_name;
  element.textContent = text;
  return element;
};

/** Shows the values under the pointer; the table below the chart has them for everybody else. */
class RateChart extends HTMLElement {
  private overlay: HTMLElement[] = [];

  connectedCallback(): void {
    this.addEventListener('pointermove', (event) => this.point(event));
    this.addEventListener('pointerleave', () => this.clear());
  }

  private point(event: PointerEvent): void {
    const area = this.querySelector('.chart-area');
    const data = this.querySelector('script')?.textContent;
    if (!area || !data) return;
    const box = area.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 1_000;
    if (x < -20 || x > 1_020) return this.clear();
    this.draw(area, JSON.parse(data) as LineData[], x, box);
  }

  private draw(area: Element, lines: readonly LineData[], x: number, box: DOMRect): void {
    const nearest = lines.flatMap(({ points }) => points).reduce<PointData | undefined>((best, point) => (best === undefined || Math.abs(point[0] - x) < Math.abs(best[0] - x) ? point : best), undefined);
    if (nearest === undefined) return;
    this.clear();
    const left = (nearest[0] / 1_000) * box.width;
    const cursor = make('div', 'chart-cursor');
    cursor.style.left = `${left}px`;
    const card = make('div', 'chart-card');
    card.append(make('p', '', `until ${MOMENT.format(new Date(nearest[2]))}`));
    for (const { name, mark, points } of lines) {
      const point = points.find(([each]) => each === nearest[0]);
      if (point === undefined) continue;
      const row = make('div', `chart-card-row ${mark}`);
      row.append(make('span', 'variant-mark'), make('span', '', `${name}, ${point[4]} visitors`), make('strong', '', point[3]));
      card.append(row);
      const dot = make('div', `chart-dot ${mark}`);
      dot.style.left = `${left}px`;
      dot.style.top = `${(Math.min(1_000, Math.max(0, point[1])) / 1_000) * box.height}px`;
      this.overlay.push(dot);
    }
    this.overlay.push(cursor, card);
    // An update of the page leaves them where they are.
    for (const element of this.overlay) element.setAttribute('data-keep', '');
    area.append(...this.overlay);
    const to_the_left = left > box.width / 2;
    card.style.left = `${to_the_left ? left - card.offsetWidth - 12 : left + 12}px`;
  }

  private clear(): void {
    for (const element of this.overlay.splice(0)) element.remove();
  }
}

customElements.define('rate-chart', RateChart);

export {};
