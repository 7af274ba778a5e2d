import type { ComponentChildren } from 'preact';
import type { EventListed } from '../../../console/answers/events.ts';
import type { Evidence as EvidenceOf } from '../../../domain/verdict.ts';
import { isAtTerminal } from '../state.ts';
import { Dialog } from './dialog.tsx';
import { inWords } from './event-words.ts';
import { Evidence } from './evidence.tsx';
import { Badge, Card, Facts } from './page.tsx';
import { instant } from './time.tsx';

/** The name as the event has it, or as the books do. */
function nameOf({ body }: EventListed, id: string | null, names: Readonly<Record<string, string>>): string | null {
  if (typeof body.name === 'string') return body.name;
  return id === null ? null : (names[id] ?? id);
}

/** Events in a table, each to be looked into. */
export function EventList(props: {
  readonly of: readonly EventListed[];
  readonly names: Readonly<Record<string, string>>;
  readonly onShow: (event: EventListed) => void;
  readonly title?: string;
  readonly actions?: ComponentChildren;
  /** All of one terminal, which need not be said of each. */
  readonly isOfOne?: boolean;
}) {
  const { of, names, onShow, title, actions, isOfOne = false } = props;
  return (
    <Card class={title ? 'flush titled' : 'flush'} {...(title && { title })} actions={actions}>
      <table class="rows">
        <thead>
          <tr>
            <th>When</th>
            {!isOfOne && <th>Where</th>}
            <th>What</th>
            <th>Who</th>
            <th>
              <span class="hidden">Details</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {of.map((event) => {
            const { tone, says, person } = inWords(event);
            return (
              <tr key={event.id}>
                <td class="nowrap">
                  {instant(event.at)}
                  {event.clock === 'unsynced' && (
                    <span class="quiet" title="The clock of the terminal was not set">
                      {' '}
                      ?
                    </span>
                  )}
                </td>
                {!isOfOne && <td>{event.terminal}</td>}
                <td>{tone === 'plain' ? says : <Badge tone={tone}>{says}</Badge>}</td>
                <td>{nameOf(event, person, names) ?? <span class="quiet">–</span>}</td>
                <td class="row-actions">
                  <button type="button" class="small secondary outline" onClick={() => onShow(event)}>
                    Details
                    <span class="hidden">
                      {' '}
                      of {says}, {instant(event.at)}
                    </span>
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
}

/** One event with everything that is known of it. */
export function EventDetails(props: {
  readonly of: EventListed;
  readonly names: Readonly<Record<string, string>>;
  readonly onClose: () => void;
}) {
  const { of: event, names, onClose } = props;
  const { tone, says, person } = inWords(event);
  const { evidence } = event.body;
  return (
    <Dialog title={says} onClose={onClose} wide>
      <Facts
        of={[
          ['When', instant(event.at)],
          ['Where', event.terminal],
          ...(person === null
            ? []
            : [
                [
                  'Who',
                  <a key="who" href={`/people/${encodeURIComponent(person)}`}>
                    {nameOf(event, person, names)}
                  </a>,
                ] as const,
              ]),
          [
            'Kind',
            <Badge key="kind" tone={tone}>
              {event.kind}
            </Badge>,
          ],
          ['Number in its journal', event.seq],
        ]}
      />
      {typeof evidence === 'object' && evidence !== null && <Evidence of={evidence as EvidenceOf} />}
      {event.kind === 'verdict.denied' && person !== null && !isAtTerminal.value && (
        <p>
          <a href={`/rules?${new URLSearchParams({ person, terminal: event.terminal, at: event.at })}`}>
            What do the rules say about it?
          </a>
        </p>
      )}
      <details>
        <summary>As the terminal wrote it</summary>
        <pre>{JSON.stringify(event.body, null, 2)}</pre>
      </details>
    </Dialog>
  );
}
