import type { AuditBook, Deed } from '../console/audit.ts';
import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import { inOrder } from '../runtime/in-order.ts';
import type { Logger } from '../runtime/logger.ts';
import type { UntoldDeeds } from './account-file.ts';

/** A book that loses nothing that was done, and what brings the rest into it. */
export interface KeptDeeds extends AuditBook {
  /** Write down what was kept. Never throws: that it fails is told once, and that it works again. */
  hand(): Promise<void>;
}

/** Keep what cannot be written into the journal just now, in the file of accounts, until it can be. */
export function keptDeeds(
  book: Pick<AuditBook, 'write' | 'entries'>,
  { untold, clock, log }: { readonly untold: UntoldDeeds; readonly clock: Clock; readonly log: Logger },
): KeptDeeds {
  // What was kept a moment ago, and is being written, must not be handed on as well.
  const inTurn = inOrder();
  const dated = (deed: Deed) => ({ ...deed, at: clock.now().toISOString() });
  let isFailing = false;
  const failed = (error: unknown) => {
    if (!isFailing) log.error({ error }, `what is done is kept, and not in the journal yet: ${messageOf(error)}`);
    isFailing = true;
  };
  const settled = () => {
    if (isFailing) log.info('what was done and kept is in the journal');
    isFailing = false;
  };
  const tell = async (deed: Deed) => {
    try {
      await book.write(deed);
    } catch (error) {
      await untold.add(dated(deed)).catch(() => {
        throw error;
      });
      failed(error);
    }
  };
  return {
    ...book,
    tell,
    // Whatever opens or shuts the door is in the journal before; this is for looking, and for signing out.
    async around(_deed, work, done) {
      const given = await work();
      await tell(done(given));
      return given;
    },
    along: (deed, work) =>
      inTurn(async () => {
        let kept = 0;
        const done = await work(async (tx) => {
          kept = await untold.add(dated(deed), tx);
        });
        try {
          await book.write(deed);
          await untold.forget(kept);
        } catch (error) {
          failed(error);
        }
        return done;
      }),
    hand: () =>
      inTurn(() =>
        untold.hand(book.write).then((handed) => {
          if (handed > 0) settled();
        }, failed),
      ),
  };
}
