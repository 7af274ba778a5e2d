import { type ErrorCode, LimenError } from '../domain/errors.ts';
import { templatesFrom } from '../sync/enrolment.ts';
import type { CommandRequest, CommandSent } from './command.ts';
import type { EnrolWho } from './enrol.ts';
import type { Hub } from './hub.ts';
import type { Enrolled } from './people-desk.ts';

/** Whom to enrol, and where that person stands. */
export interface TerminalEnrolRequest extends EnrolWho {
  readonly terminal: string;
  /** The person agreed. Without it nothing is sent. */
  readonly consent: boolean;
  /** How long the person may take, and afterwards it is certain that nothing is captured. */
  readonly timeoutMs: number;
}

/** What it is done with. */
export interface TerminalEnrolParts {
  readonly hub: Pick<Hub, 'enrol' | 'people'>;
  readonly command: (request: Omit<CommandRequest, 'issuer'>) => Promise<CommandSent>;
}

/**
 * Have a terminal capture whoever stands before its camera, and enrol that person. What comes from there are templates,
 * sealed to the site; no picture leaves the terminal.
 *
 * @throws LimenError `usage.invalid` without consent, `person.exists`, `command.unanswered`, what the terminal refuses with
 *   (`image.no-face`, `image.not-alive` …), and as `Hub.enrol`.
 */
export async function enrolFromTerminal(
  { hub, command }: TerminalEnrolParts,
  request: TerminalEnrolRequest,
): Promise<Enrolled & { readonly captured: number }> {
  const { terminal, consent, timeoutMs, ...who } = request;
  if (!consent) {
    throw new LimenError('usage.invalid', 'Nobody is enrolled from a camera without having agreed to it.', {
      hint: 'Ask the person, and say --consent.',
    });
  }
  // Before somebody has to stand there for it.
  if (who.again !== true && (await hub.people()).some(({ id }) => id === who.id)) {
    throw new LimenError('person.exists', `There is already a person with the id ${who.id}.`, {
      hint: 'Choose another id, erase that person first, or make new templates of the same person with --again.',
    });
  }
  const args = { personId: who.id, consent: true };
  const { answers } = await command({ audience: terminal, verb: 'enrol', reason: null, args, timeoutMs });
  const [answer] = answers;
  if (answer?.outcome !== 'done') {
    const code = (answer?.code ?? 'command.unanswered') as ErrorCode;
    throw new LimenError(code, `${terminal}: ${answer?.message ?? 'no answer.'}`, {
      hint: 'Let the person stand alone before the camera, look into it, and enrol again.',
    });
  }
  const templates = templatesFrom(answer.data, who.id);
  const enrolled = await hub.enrol({ ...who, captured: { terminal, templates } });
  return { ...enrolled, captured: templates.length };
}
