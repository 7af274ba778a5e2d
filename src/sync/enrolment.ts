import { z } from 'zod';
import { LimenError } from '../domain/errors.ts';
import { packTemplate } from '../domain/packed-template.ts';
import { idPattern } from '../domain/person.ts';
import type { Template } from '../domain/template.ts';
import type { JsonValue } from './command-judge.ts';
import type { Command } from './command-messages.ts';
import { templateSchema, templatesFromWire } from './messages.ts';

/** More are not sent: they would only make the answer longer than a command's answer may be. */
export const mostCaptured = 5;

/** `args` of the verb `enrol`. */
export const enrolArgsSchema = z.object({
  personId: z.string().regex(idPattern),
  /** Whoever asks vouches that the person agreed to being enrolled; nothing is captured without it. */
  consent: z.literal(true),
});

/** What an enrolment at a terminal is asked for. */
export type EnrolArgs = z.infer<typeof enrolArgsSchema>;

/** `data` of the result of `enrol`: good sightings of one face. A template, never a picture. */
export const enrolDataSchema = z.object({
  personId: z.string().regex(idPattern),
  templates: z.array(templateSchema).min(1).max(mostCaptured),
});

/** @throws LimenError `command.arguments-invalid`. */
export function enrolArgsOf({ args }: Pick<Command, 'args'>): EnrolArgs {
  const parsed = enrolArgsSchema.safeParse(args ?? {});
  if (parsed.success) return parsed.data;
  const consent = parsed.error.issues.some(({ path }) => path[0] === 'consent');
  const says = consent ? 'without the consent of the person nobody is captured' : 'it does not say whom to enrol';
  throw new LimenError('command.arguments-invalid', `The command cannot be carried out: ${says}.`, {
    hint: 'Ask the person, then: limen people add ID --from TERMINAL --name NAME --consent',
  });
}

/** The answer to `enrol`. */
export function enrolData(personId: string, templates: readonly Template[]): Record<string, JsonValue> {
  return { personId, templates: templates.map(packTemplate) };
}

/** The templates in an answer to `enrol` about this person. @throws LimenError `message.invalid`. */
export function templatesFrom(data: unknown, personId: string): Template[] {
  const parsed = enrolDataSchema.safeParse(data);
  if (!parsed.success || parsed.data.personId !== personId) {
    throw new LimenError('message.invalid', `The terminal's answer does not hold templates of ${personId}.`, {
      hint: 'Hub and terminal may run different versions of limen: compare `limen --version` on both.',
    });
  }
  return templatesFromWire(parsed.data.templates);
}
