import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/**
 * Kills what it was told of and removes the folder once its input ends, which happens however its parent dies. The dying still write
 * for a moment, so one removal may not be enough. No `--` before the id: dash takes it for a number.
 */
const GUARD_SCRIPT = `
ids=" "
while read -r sign id; do
  case "$sign" in
    +) ids="$ids$id " ;;
    -) case "$ids" in *" $id "*) ids="\${ids%% $id *} \${ids#* $id }" ;; esac ;;
  esac
done
for id in $ids; do kill -9 "$id" 2>/dev/null; done
attempts=100
while [ "$attempts" -gt 0 ]; do
  rm -rf -- "$1" 2>/dev/null && [ ! -e "$1" ] && exit 0
  attempts=$((attempts - 1))
  sleep 0.1
done
`;

/**
 * Makes sure that child processes and a temporary folder do not outlive this process, even when it is killed with -9.
 * A small shell in a session of its own waits for the end of its input. Needs a POSIX `sh`.
 */
export class ProcessGuard {
  readonly #shell: ChildProcess;

  /** Guards `folder`, which is removed with everything in it; processes are added by `watch`. */
  constructor(folder: string) {
    this.#shell = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'process-guard', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.#shell.unref();
    this.#shell.stdin?.on('error', () => {});
    (this.#shell.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  }

  /** Takes a process under guard; a negative id means its whole process group. */
  watch(id: number): void {
    this.#shell.stdin?.write(`+ ${id}\n`);
  }

  /** Releases a process that has ended, so that a later one with the same id is left alone. */
  forget(id: number): void {
    this.#shell.stdin?.write(`- ${id}\n`);
  }

  /** Ends the guard: what is still watched is killed, the folder removed; resolves when that is done. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return resolve();
      this.#shell.ref();
      this.#shell.once('exit', () => resolve());
      this.#shell.stdin?.end();
    });
  }
}
