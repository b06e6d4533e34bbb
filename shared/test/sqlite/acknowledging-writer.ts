import { GroupCommit } from '../../sqlite/group-commit.ts';
import { openNotes } from './notes-database.ts';

// A process that the tests kill: it writes for as long as it lives and prints each id after its answer.
const CALLERS = 64;
const [file, first] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: acknowledging-writer.ts FILE FIRST_ID');

const notes = openNotes(file);
const group = new GroupCommit(notes);
const insert = notes.prepare('INSERT INTO note (id, text) VALUES (?, ?)');
let next = Number(first);

const write = async (): Promise<void> => {
  for (;;) {
    const id = next;
    next += 1;
    await group.run(() => insert.run(id, `note ${id}`));
    process.stdout.write(`${id}\n`);
  }
};

for (let caller = 0; caller < CALLERS; caller += 1) void write();
