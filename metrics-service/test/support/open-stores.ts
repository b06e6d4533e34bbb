import { openDatabase } from '../../../shared/sqlite/open.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../src/schema.ts';
import { createStores } from '../../src/stores.ts';
import type { Stores } from '../../src/stores.ts';

/** Opens metrics-service's stores in memory, or in a file. */
export const openStores = (file: string = ':memory:'): Stores => createStores(openDatabase({ file, application_id: APPLICATION_ID, migrations: MIGRATIONS }));
