// Imported by run.mjs and preloaded into what it runs: sends this process SIGTERM once whoever started it is gone.
// npm, signalled alone, kills its shell and orphans the script; killed with -9, it leaves the shell waiting, so that under npm the
// shell's own parent is watched too (through /proc, where there is one). Plain JavaScript that Node 18 can run.
import { readFileSync } from 'node:fs';

const CHECK_MS = 200;

const parentOf = (id) => {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
};

const parent = process.ppid;
const grandparent = process.env.npm_lifecycle_event === undefined ? 0 : parentOf(parent);

const timer = setInterval(() => {
  if (process.ppid === parent && (grandparent === 0 || parentOf(parent) === grandparent)) return;
  clearInterval(timer);
  process.kill(process.pid, 'SIGTERM');
}, CHECK_MS);
timer.unref();
