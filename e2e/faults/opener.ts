/** Opens the database that it is given as the product does, migrating it; for tests that kill it in the middle. */
import { closeDb, openDb } from '../../db/client.ts';

const [file = '', migrations = '', backups = ''] = process.argv.slice(2);
closeDb(openDb({ file, migrations, backups }));
