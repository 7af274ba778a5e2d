import type { Rules } from './access/rules/rules.ts';
import { scheduleAt } from './access/rules/schedule.ts';
import type { PunchConfig } from './config/punch-schema.ts';
import type { TerminalConfig } from './config/schema.ts';
import type { Clock } from './domain/clock.ts';
import { isLimenError, messageOf } from './domain/errors.ts';
import type { PunchMeaning } from './domain/punch.ts';
import type { Journal } from './journal/journal.ts';
import { lastPunchKinds } from './punch/last-punches.ts';
import { PunchChoice } from './punch/punch-choice.ts';
import { PunchClock } from './punch/punch-clock.ts';
import { punchInWords } from './punch/saying.ts';
import { openPunchPanel, type PunchPanel } from './punch-panel.ts';
import { Closers } from './runtime/closers.ts';
import type { Logger } from './runtime/logger.ts';
import type { Terminal } from './terminal.ts';

/** A time clock that runs: what a screen shows, and what its keys press. */
export interface TerminalPunch {
  readonly punches: PunchClock;
  /** A key that was typed at a reader. One that no key of the clock has is nobody's. @throws LimenError as `PunchChoice.choose`. */
  typed(code: string): void;
  close(): void;
}

export interface TerminalPunchOptions {
  readonly config: TerminalConfig;
  readonly terminal: Pick<Terminal, 'report' | 'note' | 'punchWith'>;
  readonly journal: Pick<Journal, 'latestOf'>;
  readonly clock: Clock;
  /** Those in force: their schedules say what punches mean, and their time zone is that of the clock on the wall. */
  readonly rules: () => Rules;
  /** Tell what has happened to the clock, before anything is stamped by it. */
  readonly lookAtClock: () => void;
  readonly log: Logger;
}

const tickEveryMs = 1000;
/** A day and more of a large factory: whoever punched before that is not remembered by a clock that has just been started. */
const recentRows = 4000;

/**
 * Make a terminal a time clock; `null` where its mode is another. Its lights are off and its buttons are felt when this
 * returns.
 *
 * @throws LimenError `door.*` for lines that cannot be had.
 */
export async function openTerminalPunch(options: TerminalPunchOptions): Promise<TerminalPunch | null> {
  const { config, terminal, journal, clock, rules, lookAtClock, log } = options;
  if (config.mode !== 'punch') return null;
  const { direction, keys, keyLastsMs, debounceMs, forgetAfterMin, schedule } = config.punch;
  const named = Object.entries(keys).map(([name, { label = name, ...key }]) => ({ name, label, ...meaningOf(key) }));
  const choice = new PunchChoice({ keys: named, lastsMs: keyLastsMs, clock });
  const punches = new PunchClock({
    ...{ clock, choice, debounceMs, role: direction, forgetAfterMs: forgetAfterMin * 60_000 },
    report: terminal.report,
    scheduled: (now) => scheduledMeaning(schedule, rules(), now),
    recent: journal.latestOf(lastPunchKinds, recentRows),
    beforePunch: lookAtClock,
  });
  const closers = new Closers();
  const attempt = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      log.error({ code: isLimenError(error) ? error.code : undefined }, messageOf(error));
    }
  };
  const panel = await openPanel(options, (key) => attempt(() => choice.choose(key)));
  closers.add(() => panel?.close());
  closers.add(() => attempt(() => punches.close()));
  const ticking = setInterval(() => attempt(() => punches.tick()), tickEveryMs);
  closers.add(() => clearInterval(ticking));
  punches.watch((outcome) => {
    panel?.signal(outcome.kind === 'not-chosen' ? 'denied' : outcome.kind);
    const words = punchInWords(outcome, { timeZone: rules().timeZone ?? 'UTC', now: clock.now() });
    log.info({ person: outcome.personId }, `punch: ${words}`);
  });
  terminal.punchWith({
    punch: (grant) => punches.punch(grant),
    signal: (signal) => panel?.signal(signal),
  });
  return {
    punches,
    typed(code) {
      const key = Object.entries(keys).find(([, { typed }]) => typed === code);
      if (key === undefined) log.debug({ code }, 'a key that this time clock does not have');
      else choice.choose(key[0]);
    },
    close: () => void closers.closeAll(),
  };
}

/** The first of the hours that is now. */
function scheduledMeaning(schedule: PunchConfig['schedule'], rules: Rules, now: Date): PunchMeaning | null {
  const due = schedule.find(({ during }) => scheduleAt(during, rules, now).active);
  return due === undefined ? null : meaningOf(due);
}

function meaningOf({ means, work }: { means: PunchMeaning['direction']; work?: string | undefined }): PunchMeaning {
  return { direction: means, ...(work !== undefined && { work }) };
}

/** Lights, buzzer and buttons; `null` where there are none. */
async function openPanel(
  { config: { dataFolder, punch }, terminal, clock }: TerminalPunchOptions,
  onPressed: (key: string) => void,
): Promise<PunchPanel | null> {
  if (punch.panel === undefined) return null;
  const found = new Set<string>();
  const lost = new Set<string>();
  const reader = (name: string) => `button ${name}`;
  return openPunchPanel(punch, {
    ...{ dataFolder, clock, report: terminal.note },
    feeler: {
      feel(name, active) {
        // How a button is found, at the start or after it was lost, is not a press.
        const isFirst = !found.has(name);
        found.add(name);
        if (lost.delete(name)) terminal.note({ kind: 'access.reader-recovered', body: { reader: reader(name) } });
        if (active && !isFirst) onPressed(name);
      },
      blind(name, { code, message: reason }) {
        found.delete(name);
        lost.add(name);
        terminal.note({ kind: 'access.reader-failed', body: { reader: reader(name), code, reason } });
      },
    },
  });
}
