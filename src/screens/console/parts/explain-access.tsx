import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { Explained } from '../../../console/answers/rules.ts';
import { ask } from '../server.ts';
import { ChoosePerson } from './choose-person.tsx';
import { useDoing, valuesOf } from './doing.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Card, type Tone } from './page.tsx';
import { Problem } from './problem.tsx';

/** "Why could she not enter?": a person, a terminal and a time, answered by the very rules that the door asks. */
export function ExplainAccess({ terminals }: { readonly terminals: readonly string[] }) {
  const { query } = useLocation();
  const [person, setPerson] = useState(query.person ?? '');
  const [answer, setAnswer] = useState<Explained | null>(null);
  const asking = useDoing(async (values: Record<string, string>) => {
    setAnswer(null);
    const { terminal = '', at = '', card, pin } = values;
    const factors = ['face', card && 'card', pin && 'pin'].filter(Boolean).join(',');
    const asked = new URLSearchParams({ person: values.person ?? '', terminal, factors, ...(at && { at }) });
    setAnswer(await ask<Explained>(`/api/rules/explanation?${asked}`));
  });
  // Whoever comes from a refusal has asked already.
  useEffect(() => {
    const { person: of, terminal, at } = query;
    if (of && terminal) void asking.run({ person: of, terminal, ...(at && { at }) });
  }, []);
  return (
    <Card title="Why could she not enter?">
      <form
        class="explain"
        onSubmit={(event) => {
          event.preventDefault();
          void asking.run(valuesOf(event.currentTarget));
        }}
      >
        <div class="explain-fields">
          <ChoosePerson label="Person" name="person" required value={person} onChange={setPerson} />
          <label>
            Terminal
            <select name="terminal" required>
              {terminals.map((id) => (
                <option key={id} selected={id === query.terminal}>
                  {id}
                </option>
              ))}
            </select>
          </label>
          <label>
            When
            <input name="at" type="datetime-local" />
            <small>By the clock of the site; empty, now.</small>
          </label>
        </div>
        <div class="actions">
          <label class="inline">
            <input type="checkbox" name="card" value="yes" /> showed a card
          </label>
          <label class="inline">
            <input type="checkbox" name="pin" value="yes" /> typed the PIN
          </label>
          <button type="submit" aria-busy={asking.busy} disabled={person === '' || terminals.length === 0}>
            Explain
          </button>
        </div>
      </form>
      <Problem of={asking.error} />
      {answer && <Answer of={answer} />}
    </Card>
  );
}

const tones: Record<Explained['outcome'], Tone> = { pass: 'good', ask: 'warn', refuse: 'bad' };
const marks: Record<Explained['findings'][number]['outcome'], readonly [IconName, Tone, string]> = {
  passes: ['check', 'good', 'passes'],
  refuses: ['cross', 'bad', 'refuses'],
  asks: ['key', 'warn', 'asks for more'],
  depends: ['warn', 'plain', 'depends'],
};

function Answer({ of }: { readonly of: Explained }) {
  const { person, terminal, at, verdict, findings, remarks } = of;
  const around = (minutes: number) => new Date(Date.parse(at.instant) + minutes * 60_000);
  const local = (date: Date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  const then = new URLSearchParams({ person: person.id, terminal, from: local(around(-30)), to: local(around(30)) });
  return (
    <div class="answer" role="status">
      <div class={`notice ${tones[of.outcome]}`}>
        <Icon name={of.outcome === 'pass' ? 'check' : 'warn'} />
        <div>
          <strong>
            {person.name} at {terminal}, {at.local}: {verdict.head}
          </strong>
          {verdict.says && <p>{verdict.says}</p>}
        </div>
      </div>
      <ul class="findings">
        {findings.map(({ rule, by, outcome, says }) => {
          const [icon, tone, name] = marks[outcome];
          return (
            <li key={rule}>
              <span class={`finding-mark ${tone}`}>
                <Icon name={icon} />
                <span class="hidden">{name}: </span>
              </span>
              <span>
                {says}
                {by && <small class="by">{by}</small>}
              </span>
            </li>
          );
        })}
      </ul>
      <p class="quiet">{remarks.join(' ')}</p>
      <p>
        <a href={`/events?${then}`}>What happened there then</a>
      </p>
    </div>
  );
}
