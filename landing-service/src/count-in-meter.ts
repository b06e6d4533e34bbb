import type { Meter } from '../../shared/http/meter.ts';
import type { VariantChooser } from './assignment/variant-chooser.ts';
import type { Configuration } from './configuration/configuration.ts';
import type { Stores } from './stores.ts';

const byLabel = (label: string, counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> => new Map([...counts].map(([value, count]) => [`${label}="${value}"`, count]));

/** Adds the service's own counters to `GET /metrics`. */
export const countInMeter = (meter: Meter, { outbox, deliveries, tally, leads }: Stores, configuration: Configuration, chooser: VariantChooser): void => {
  const perDestination = (read: (name: keyof typeof deliveries) => number) => (): ReadonlyMap<string, number> => new Map((['metrics', 'ab'] as const).map((name) => [`destination="${name}"`, read(name)]));
  meter.add('outbox_items', 'gauge', 'Events and assignments that wait for delivery.', () => outbox.size.rows);
  meter.add('outbox_bytes', 'gauge', 'Bytes that wait for delivery.', () => outbox.size.bytes);
  meter.add('outbox_delivered_total', 'counter', 'Items acknowledged by the other service.', perDestination((name) => deliveries[name].counts.delivered));
  meter.add('outbox_refused_total', 'counter', 'Items that the other service refused for good.', perDestination((name) => deliveries[name].counts.refused));
  meter.add('outbox_destination_away', 'gauge', '1 while the other service does not answer.', perDestination((name) => Number(deliveries[name].waiting)));
  meter.add('views_not_counted_total', 'counter', 'Pages served and not counted, by reason.', () => byLabel('reason', tally.countsOf('view ')));
  meter.add('events_not_counted_total', 'counter', 'Events not counted, by reason.', () => byLabel('reason', tally.countsOf('event ')));
  meter.add('assignments_different_total', 'counter', 'Visitors whose stored variant is not the one that they were shown while ab-service was away.', () => tally.counts().get('assignment different') ?? 0);
  meter.add('assignments_made_here_total', 'counter', 'Visitors assigned while ab-service was away, since the start.', () => chooser.assigned_here);
  meter.add('visitors_unassigned_total', 'counter', 'Visitors shown a page without taking part because nothing was known, since the start.', () => chooser.unassigned);
  meter.add('configuration_connected', 'gauge', "1 while ab-service's configuration is followed.", () => Number(configuration.connected));
  meter.add('leads', 'gauge', 'Leads that are kept.', () => leads.count());
};
