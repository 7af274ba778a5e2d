import { useState } from 'preact/hooks';
import type { FindingTold } from '../../../console/answers/attendance.ts';
import { mayAs } from '../state.ts';
import { Badge } from './page.tsx';
import { dayInWords } from './period.tsx';
import { type EntrySaid, SayEntry } from './say-entry.tsx';

/** What somebody has to look at, each with ways to mend it: one click, and a reason. */
export function Findings(props: {
  readonly of: readonly FindingTold[];
  /** Left out where it is plain whose they are. */
  readonly withNames?: boolean;
  readonly onMended: () => void;
}) {
  const { of, withNames, onMended } = props;
  const [asked, setAsked] = useState<{ readonly title: string; readonly entry: EntrySaid } | null>(null);
  return (
    <>
      <ul class="named">
        {of.map((finding, i) => (
          <li key={`${finding.person} ${finding.day} ${finding.kind} ${i}`}>
            <span>
              {withNames && (
                <>
                  <a
                    class="row-link"
                    href={`/attendance/people/${encodeURIComponent(finding.person)}?day=${finding.day}`}
                  >
                    {finding.name}
                  </a>
                  , {dayInWords(finding.day)}:{' '}
                </>
              )}
              {finding.says} {finding.costsTime && <Badge tone="warn">time is missing</Badge>}
            </span>
            {mayAs('operator') && (
              <span class="actions">
                {finding.proposals.map(({ says, entry }) => (
                  <button
                    key={says}
                    type="button"
                    class="small secondary outline"
                    onClick={() =>
                      setAsked({
                        title: `${capital(says)}: ${finding.name}, ${dayInWords(finding.day)}`,
                        entry: entry as EntrySaid,
                      })
                    }
                  >
                    {capital(says)}
                  </button>
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
      {asked && (
        <SayEntry
          {...{ title: asked.title, verb: 'Enter it', said: () => asked.entry, onClose: () => setAsked(null) }}
          onDone={() => {
            setAsked(null);
            onMended();
          }}
        />
      )}
    </>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
