/** The events of one variant. */
export interface VariantStats {
  readonly visitors: number;
  /** Events by type. */
  readonly events: Readonly<Record<string, number>>;
  /** `form_submit` events over `page_view` events; null without page views. */
  readonly conversion_rate: number | null;
  /** Visitors with a `form_submit` over visitors; null without visitors. */
  readonly visitor_conversion_rate: number | null;
}

/** The answer of `GET /stats`: aggregates only. */
export interface StatsAnswer {
  /** As it was asked for. */
  readonly experiment: string;
  readonly total_events: number;
  readonly total_visitors: number;
  readonly variants: Readonly<Record<string, VariantStats>>;
}
