/** An event as the history of a test knows it. */
export interface ToldEvent {
  readonly event_id: string;
  readonly visitor_id: string;
  readonly type: string;
  readonly name: string | undefined;
  readonly experiment: string | undefined;
  readonly variant: string | undefined;
  readonly at: number;
  readonly arrived: number;
  readonly value: number | undefined;
  readonly imported: boolean;
}

/** An assignment as the history of a test knows it. */
export interface ToldAssignment {
  readonly visitor_id: string;
  readonly experiment: string;
  readonly variant: string;
  readonly at: number;
  readonly forced: boolean;
  readonly from_log: boolean;
}

/** Every figure of the rollups by a readable name; zeros left out. */
export type Figures = Map<string, number>;

const add = (figures: Figures, name: string, amount: number): void => {
  figures.set(name, (figures.get(name) ?? 0) + amount);
};

/**
 * Counts everything anew from the facts, as simply as can be: for each experiment, for each visitor, look at all of their
 * events. Shares no code with the service.
 */
export const recount = (events: readonly ToldEvent[], assignments: readonly ToldAssignment[], experimentOf: (name: string) => string): Figures => {
  const figures: Figures = new Map();
  const experiments = new Set([...assignments.map((a) => experimentOf(a.experiment)), ...events.map((e) => experimentOf(e.experiment ?? 'homepage'))]);
  const visitors = new Set([...assignments.map((a) => a.visitor_id), ...events.map((e) => e.visitor_id)]);
  for (const experiment of experiments) {
    const seen = new Set<string>();
    for (const visitor of visitors) {
      const own = assignments.filter((a) => a.visitor_id === visitor && experimentOf(a.experiment) === experiment).sort((a, b) => a.at - b.at);
      const first = own[0];
      const forced = own.some((a) => a.forced);
      const conflicting = !forced && new Set(own.map((a) => a.variant)).size > 1;
      if (forced) add(figures, `${experiment} excluded forced`, 1);
      if (conflicting) add(figures, `${experiment} excluded conflicting`, 1);
      const counted = first !== undefined && !forced && !conflicting ? first : undefined;
      if (counted) {
        add(figures, `${experiment} ${counted.variant} users`, 1);
        add(figures, `${experiment} ${counted.variant} assigned in ${Math.floor(counted.at / 900_000)}`, 1);
      }
      const converted = new Map<string, { first: number; sum: number }>();
      for (const event of events) {
        if (event.visitor_id !== visitor) continue;
        const named = event.experiment ?? (event.variant === undefined ? undefined : 'homepage');
        if (named !== undefined && experimentOf(named) !== experiment) continue;
        const variant = event.variant ?? first?.variant;
        if (variant !== undefined && (named !== undefined || first !== undefined)) {
          add(figures, `${experiment} ${variant} ${event.type} stats events`, 1);
          for (const place of [`${variant} ${event.type}`, `* ${event.type}`, `${variant} *`, '* *']) seen.add(`${visitor}|${place}`);
        }
        if (!counted) continue;
        const late = !event.imported && event.at < counted.at && counted.at - event.at < 300_000 && event.arrived >= counted.at;
        if (event.at < counted.at && !late) continue;
        add(figures, `${experiment} ${counted.variant} ${event.type} events`, 1);
        for (const metric of event.name === undefined ? [event.type] : [event.type, `${event.type}:${event.name}`]) {
          const known = converted.get(metric) ?? { first: Infinity, sum: 0 };
          converted.set(metric, { first: Math.min(known.first, Math.max(event.at, counted.at)), sum: known.sum + (event.value ?? 0) });
        }
      }
      for (const [metric, { first: at, sum }] of converted) {
        const place = `${experiment} ${counted?.variant} ${metric}`;
        add(figures, `${place} converted`, 1);
        add(figures, `${place} converted in ${Math.floor(at / 900_000)}`, 1);
        add(figures, `${place} value`, sum);
        add(figures, `${place} squares`, sum * sum);
      }
    }
    for (const each of seen) add(figures, `${experiment} ${each.slice(each.indexOf('|') + 1)} stats visitors`, 1);
  }
  for (const [name, value] of figures) if (value === 0) figures.delete(name);
  return figures;
};
