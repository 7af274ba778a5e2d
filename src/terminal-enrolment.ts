import { Capture, type CaptureDemands } from './access/capture.ts';
import { LimenError } from './domain/errors.ts';
import type { Seen } from './domain/sighting.ts';
import type { Template } from './domain/template.ts';
import type { Vision } from './vision/vision.ts';

/** Lends the camera's pictures to an enrolment while one is under way. */
export interface TerminalEnrolment {
  /** What the journey sees by: while somebody is enrolled, it sees nobody. */
  readonly vision: Vision;
  /**
   * Collect good sightings of whoever stands alone before the camera, for `withinMs` at most.
   *
   * @throws LimenError as `Capture.end`, `service.unavailable` for a second one at once or when the terminal stops.
   */
  capture(withinMs: number): Promise<Template[]>;
  /** What is under way fails. */
  close(): void;
}

/** An enrolment at the camera that `vision` looks through. */
export function terminalEnrolment(vision: Vision, demands: () => CaptureDemands): TerminalEnrolment {
  let current: { take(seen: Seen): void; stop(): void } | null = null;
  return {
    vision: {
      model: vision.model,
      async see(frame, look) {
        if (current === null) return vision.see(frame, look);
        const seen = await vision.see(frame, 'full');
        current?.take(seen);
        // Who is being enrolled is no visitor, and opens no door: the journey has nobody before it.
        return { ...seen, sightings: [] };
      },
      close: () => vision.close(),
    },
    capture(withinMs) {
      if (current !== null) return Promise.reject(unavailable('Somebody is being enrolled here already.'));
      const capture = new Capture(demands());
      return new Promise<Template[]>((resolve, reject) => {
        const ended = (work: () => Template[]) => {
          clearTimeout(timer);
          current = null;
          try {
            resolve(work());
          } catch (error) {
            reject(error);
          }
        };
        const timer = setTimeout(() => ended(() => capture.end()), withinMs);
        current = {
          take: (seen) => {
            const templates = capture.take(seen);
            if (templates !== null) ended(() => templates);
          },
          stop: () =>
            ended(() => {
              throw unavailable('The terminal was stopped before enough was seen.');
            }),
        };
      });
    },
    close: () => current?.stop(),
  };
}

function unavailable(sentence: string): LimenError {
  return new LimenError('service.unavailable', sentence, { hint: 'Enrol again in a moment.' });
}

/** Nobody is enrolled where templates fit this terminal only. */
export function projected(): LimenError {
  return new LimenError(
    'template.foreign-embedder',
    'This terminal sees by a projection of its own (recognition.projection).',
    {
      hint: 'Enrol at a terminal without one, or from pictures: limen people add --help',
    },
  );
}
