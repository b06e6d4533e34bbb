/** What a long task has done so far; `done` and `total` are in the same unit. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly rows: number;
}

/** A terminal, or what stands for one. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 5_000;
const BAR_WIDTH = 30;
const count = new Intl.NumberFormat('en');

const left = (seconds: number): string => (seconds < 1 ? 'done' : seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`);

/** Writes one line about the progress: how far, how many rows, how fast, how long still. */
export const progressText = ({ done, total, rows }: Progress, elapsed_ms: number, unit = 'rows'): string => {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const seconds = Math.max(0.001, elapsed_ms / 1000);
  const remaining = share > 0 ? (seconds / share) * (1 - share) : Infinity;
  return `${String(Math.floor(share * 100)).padStart(3)} %  ${count.format(rows)} ${unit}  ${count.format(Math.round(rows / seconds))} a second  ${Number.isFinite(remaining) ? left(remaining) : ''}`.trimEnd();
};

/** Shows progress: a bar that redraws itself on a terminal, a plain line every five seconds elsewhere. */
export class ProgressDisplay {
  private readonly screen: Screen;
  private readonly now: () => number;
  private readonly unit: string;
  private readonly began: number;
  private shown: number;

  constructor(screen: Screen, unit = 'rows', now: () => number = () => performance.now()) {
    this.screen = screen;
    this.now = now;
    this.unit = unit;
    this.began = now();
    this.shown = this.began;
  }

  show(progress: Progress): void {
    const now = this.now();
    if (now - this.shown < (this.screen.isTTY ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
    this.shown = now;
    this.draw(progress);
  }

  private draw(progress: Progress): void {
    const text = progressText(progress, this.now() - this.began, this.unit);
    if (!this.screen.isTTY) {
      this.screen.write(`${text}\n`);
      return;
    }
    const filled = Math.round(BAR_WIDTH * Math.min(1, progress.total === 0 ? 1 : progress.done / progress.total));
    this.screen.write(`\r\u001b[2K${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${text}`.slice(0, (this.screen.columns ?? 120) + 4));
  }

  /** Draws the last state and leaves the line. */
  end(progress: Progress): void {
    this.draw(progress);
    if (this.screen.isTTY) this.screen.write('\n');
  }
}
