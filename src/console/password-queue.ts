import { LimenError } from '../domain/errors.ts';
import { inOrder } from '../runtime/in-order.ts';

/** Where passwords are hashed one at a time: many attempts at once must not take the machine's memory. */
export interface PasswordQueue {
  /** Run this in its turn. */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** The same for somebody who is not known yet. @throws LimenError `session.busy` where too many wait; nothing has begun then. */
  runIfShort<T>(task: () => Promise<T>): Promise<T>;
}

/** A queue in which nobody waits for ever because somebody else floods it. */
export function passwordQueue({ mostWaiting }: { readonly mostWaiting: number }): PasswordQueue {
  const serially = inOrder();
  let held = 0;
  const run = <T>(task: () => Promise<T>) => {
    held++;
    return serially(task).finally(() => {
      held--;
    });
  };
  return {
    run,
    runIfShort: async (task) => {
      if (held > mostWaiting) throw busy();
      return run(task);
    },
  };
}

function busy(): LimenError {
  return new LimenError('session.busy', 'Too many people sign in at this moment.', {
    hint: 'Try again in some seconds. If it lasts, somebody guesses passwords: see who was refused, and keep them from this port.',
  });
}
