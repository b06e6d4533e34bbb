import type { ServiceName } from '../../shared/config.ts';

/** A service's database, as a backup names it. */
export interface ServiceDatabase {
  readonly service: ServiceName;
  readonly file: string;
  /** The number that SQLite keeps in the file: whose it is. */
  readonly application_id: number;
}

/**
 * The four databases in the order in which a backup takes them: whoever hands something on comes before whoever gets it, so that what
 * was on its way is in the backup once or twice, and never missing. Landing-service hands on events and assignments, which count once however often
 * they arrive; metrics-service, which copies ab-service's assignments, comes before that.
 */
export const SERVICE_DATABASES: readonly ServiceDatabase[] = [
  { service: 'landing-service', file: 'landing.sqlite', application_id: 0x46_53_4c_41 },
  { service: 'metrics-service', file: 'metrics.sqlite', application_id: 0x46_53_6d_74 },
  { service: 'ab-service', file: 'ab.sqlite', application_id: 0x46_53_61_62 },
  { service: 'admin-app', file: 'admin.sqlite', application_id: 0x46_53_41_44 },
];
