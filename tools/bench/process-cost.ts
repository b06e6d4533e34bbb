import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second for whoever reads /proc, on every machine that runs Node. */
const TICK_US = 10_000;
const PAGE_BYTES = 4_096;
/** Places in /proc/<pid>/stat, counted after the name in parentheses, which may hold anything. */
const UTIME = 11;
const STIME = 12;
const RESIDENT = 21;

/** What a process and its children have used. */
export interface ProcessCost {
  /** User and system time since the start, microseconds. */
  readonly cpu_us: number;
  /** Resident memory in bytes. */
  readonly rss_bytes: number;
}

const childrenOf = (id: number): readonly number[] =>
  readdirSync(`/proc/${id}/task`).flatMap((task) => readFileSync(`/proc/${id}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number));

/** Reads what a process and its children have used, all threads included; NaN where there is no /proc or no such process. */
export const processCost = (id: number): ProcessCost => {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
    const children = childrenOf(id).map(processCost);
    return {
      cpu_us: children.reduce((sum, { cpu_us }) => sum + cpu_us, ((fields[UTIME] as number) + (fields[STIME] as number)) * TICK_US),
      rss_bytes: children.reduce((sum, { rss_bytes }) => sum + rss_bytes, (fields[RESIDENT] as number) * PAGE_BYTES),
    };
  } catch {
    return { cpu_us: NaN, rss_bytes: NaN };
  }
};
