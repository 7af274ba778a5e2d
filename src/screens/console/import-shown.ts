import type { ImportProgress, ImportState } from '../../console/answers/people.ts';
import { importing } from './state.ts';

/** Of how many people something is known. */
export function knownOf({ counts }: Pick<ImportProgress, 'counts'>): number {
  return counts.enrolled + counts.thereAlready + counts.failed;
}

/** Whether nothing more becomes of it. */
export function isEnded({ state }: Pick<ImportProgress, 'state'>): boolean {
  return state !== 'collecting' && state !== 'running';
}

/** Show an import; its report is asked for by whoever shows it. */
export function showImport(progress: ImportProgress): void {
  importing.value = { ...progress, outcomes: [], leftOver: [] };
}

/** How far the import is that is shown. */
export function takeProgress(said: ImportProgress): void {
  const before = importing.value;
  if (before?.id === said.id && !isOlder(said, before)) importing.value = { ...before, ...said };
}

/** Its report from outcome `from` on. */
export function takeReport({ outcomes, leftOver, ...progress }: ImportState, from: number): void {
  const before = importing.value;
  if (before?.id !== progress.id) return;
  importing.value = { ...before, leftOver, outcomes: [...before.outcomes.slice(0, from), ...outcomes] };
  takeProgress(progress);
}

/** An answer may be overtaken by what the stream tells. */
function isOlder(said: ImportProgress, known: ImportProgress): boolean {
  return knownOf(said) < knownOf(known) || (isEnded(known) && !isEnded(said));
}
