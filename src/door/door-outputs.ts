import type { Clock } from '../domain/clock.ts';
import { LimenError, messageOf } from '../domain/errors.ts';
import type { Report } from '../domain/event.ts';
import type { PunchSignal } from '../domain/punch.ts';
import type { Gpio, LineSpec, OutputLine } from '../gpio/gpio.ts';
import type { DoorSignal, DoorStatus } from './door.ts';
import { type DoorOutputName, isOn, type Moment, moments, type Patterns, shownOf } from './door-patterns.ts';

/** The outputs that a door has; any may be missing. */
export type DoorOutputs = Readonly<Partial<Record<DoorOutputName, LineSpec>>>;

/** How often a light that blinks is looked at. */
const tickMs = 50;

/** Lights, buzzer and alarm relay of a door or a time clock: they show what they are told and never hold anything up. */
export class OutputPanel {
  readonly #clock: Clock;
  readonly #report: Report;
  readonly #lines = new Map<DoorOutputName, OutputLine>();
  #status: Pick<DoorStatus, 'state' | 'alarms'> = { state: 'locked', alarms: [] };
  #moment: { readonly kind: Moment; readonly endsMs: number } | null = null;
  #shown = '';
  #sinceMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ clock, report }: { clock: Clock; report: Report }) {
    this.#clock = clock;
    this.#report = report;
  }

  /** Take the lines, all off. @throws LimenError `door.line-missing`, `door.line-busy`, `door.denied`, `door.fault`. */
  async open(gpio: Gpio, outputs: DoorOutputs): Promise<void> {
    for (const [name, spec] of Object.entries(outputs) as [DoorOutputName, LineSpec | undefined][]) {
      if (spec === undefined) continue;
      this.#lines.set(name, await gpio.openOutput({ ...spec, initial: false, consumer: `limen-${name}` }));
    }
    this.#show();
  }

  /** What the door is now. */
  status(status: DoorStatus): void {
    if (status.state === 'unlocked' && this.#status.state !== 'unlocked') this.#begin('admitted');
    this.#status = status;
    this.#show();
  }

  /** Something for a moment. A refusal is not talked over by the next face. */
  signal(signal: DoorSignal | PunchSignal): void {
    if (signal === 'busy' && this.#moment !== null && this.#moment.kind !== 'busy') return;
    this.#begin(signal);
    this.#show();
  }

  /** All off, and let go of the lines. */
  close(): void {
    clearInterval(this.#timer);
    for (const [name, line] of [...this.#lines]) {
      this.#drive(name, line, false);
      line.close();
    }
    this.#lines.clear();
  }

  #begin(kind: Moment): void {
    this.#moment = { kind, endsMs: this.#clock.monotonicMs() + moments[kind].forMs };
  }

  #show(): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#moment !== null && this.#moment.endsMs <= nowMs) this.#moment = null;
    const patterns = shownOf(this.#status, this.#moment?.kind ?? null);
    const shown = JSON.stringify(patterns);
    if (shown !== this.#shown) this.#sinceMs = nowMs;
    this.#shown = shown;
    for (const [name, line] of [...this.#lines]) this.#drive(name, line, isOn(patterns[name], nowMs - this.#sinceMs));
    this.#tick(patterns);
  }

  /** The clock of the panel runs only while something changes by itself. */
  #tick(patterns: Patterns): void {
    clearTimeout(this.#timer);
    const blinks = Object.values(patterns).some((pattern) => Array.isArray(pattern));
    if (this.#lines.size === 0 || (!blinks && this.#moment === null)) return;
    this.#timer = setTimeout(() => this.#show(), tickMs);
  }

  #drive(name: DoorOutputName, line: OutputLine, active: boolean): void {
    try {
      line.write(active);
    } catch (error) {
      // Told once: a broken lamp must neither fill the journal nor keep anybody out.
      this.#lines.delete(name);
      const code = error instanceof LimenError ? error.code : 'door.fault';
      this.#report({ kind: 'door.fault', body: { code, reason: messageOf(error) } });
    }
  }
}
