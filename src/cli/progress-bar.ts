/** A bar on standard error, where somebody watches; nothing otherwise. */
export interface ProgressBar {
  /** Whether there is one: what else is said would break it. */
  readonly shown: boolean;
  onProgress(done: number, total: number): void;
  stop(): void;
}

/** A bar that appears with the first progress, and goes when it is stopped. */
export async function progressBar(label: string): Promise<ProgressBar> {
  if (process.stderr.isTTY !== true) return { shown: false, onProgress: () => {}, stop: () => {} };
  const { default: progress } = await import('cli-progress');
  const format = `${label} {bar} {value} of {total}, {eta_formatted} left`;
  const bar = new progress.SingleBar({ format, hideCursor: true, clearOnComplete: true }, progress.Presets.rect);
  let begun = false;
  const onProgress = (done: number, total: number) => {
    if (!begun) bar.start(total, done);
    begun = true;
    bar.setTotal(total);
    bar.update(done);
  };
  return { shown: true, onProgress, stop: () => bar.stop() };
}
