import { StoredDatabase } from '../../shared/sqlite/stored-database.ts';
import { StartFault } from '../../shared/start-fault.ts';
import type { BackupFile } from './manifest.ts';
import type { ServiceDatabase } from './service-databases.ts';

/** Reads a copied database whole: it must be the service's own, every page and index sound. Throws StartFault. */
export const checkDatabase = (path: string, { service, application_id }: ServiceDatabase): Required<Pick<BackupFile, 'service' | 'schema_version' | 'rows'>> => {
  using database = new StoredDatabase(path);
  if (database.application_id !== application_id) throw new StartFault(`${path} is not the database of ${service}.`);
  const faults = database.faults();
  if (faults.length > 0) throw new StartFault(`The copy of ${service}'s database at ${path} is damaged: ${faults.join('; ')}.`);
  return { service, schema_version: database.version, rows: database.rowCounts() };
};
