import type { TerminalView } from '../../../console/answers/terminals.ts';
import type { Vitals } from '../../../sync/diagnosis.ts';
import { heardFrom } from '../state.ts';
import { Badge, Card, Facts } from './page.tsx';
import { StageTimes } from './stage-times.tsx';
import { worryWords } from './terminal-state.tsx';

/** How it does, by its statuses: a few numbers, new ones every ten seconds. */
export function TerminalHealth({ of }: { readonly of: TerminalView }) {
  return (
    <Card title="Health">
      <Said of={of} />
    </Card>
  );
}

function Said({ of }: { readonly of: TerminalView }) {
  const heard = heardFrom(of);
  if (heard === null) return <p class="quiet">It tells as soon as it is online.</p>;
  const { vitals, clockAheadMs } = heard;
  const isWorry = (worry: TerminalView['worries'][number]) => of.worries.includes(worry);
  const clock = isWorry('clock-unset')
    ? worryWords['clock-unset'][1]
    : clockAheadMs === null
      ? 'set'
      : `set, ${apart(clockAheadMs)}`;
  const facts: (readonly [string, string, boolean])[] = [
    ['Clock', clock, isWorry('clock-unset') || isWorry('clock-off')],
  ];
  if (vitals !== null) {
    const { framesPerSecond, droppedPerSecond, latencyMs, temperatureC, diskFreeMb } = vitals;
    facts.unshift(
      ['Pictures', `${framesPerSecond.toFixed(1)} per second`, isWorry('no-pictures')],
      ['Pictures missed', `${droppedPerSecond.toFixed(1)} per second`, false],
      [
        'From camera to decision',
        latencyMs === null ? 'nobody was there' : `${latencyMs.toFixed(0)} ms`,
        isWorry('slow'),
      ],
      ['Processor', temperatureC === null ? 'does not tell' : `${temperatureC.toFixed(0)} °C`, isWorry('hot')],
      ['Disk free', diskFreeMb === null ? 'not known' : `${(diskFreeMb / 1024).toFixed(1)} GB`, isWorry('disk-low')],
    );
  }
  return (
    <>
      <Facts
        of={facts.map(([name, says, isBad]) => [name, isBad ? <Badge tone="warn">{says}</Badge> : says] as const)}
      />
      {vitals === null && (
        <p class="quiet">This terminal runs an older limen, which tells more only in its diagnosis.</p>
      )}
      {vitals !== null && <Stages of={vitals} />}
      {of.presence !== 'online' && <p class="quiet">As it was when it was last heard.</p>}
    </>
  );
}

/** Where the time of the last minute's pictures went; nothing where it is not told, or nobody was there. */
function Stages({ of: { stagesMs = {}, latencyMs } }: { readonly of: Vitals }) {
  const times = Object.fromEntries(Object.entries(stagesMs).map(([stage, p95Ms]) => [stage, { p95Ms }]));
  if (Object.keys(times).length === 0) return null;
  return (
    <section class="time-spent">
      <h3>Time per picture, over the last minute</h3>
      <StageTimes of={{ ...times, ...(latencyMs !== null && { total: { p95Ms: latencyMs } }) }} />
    </section>
  );
}

function apart(aheadMs: number): string {
  const seconds = Math.abs(aheadMs) / 1000;
  if (seconds < 1) return 'as the hub’s';
  return `${seconds.toFixed(0)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the hub’s`;
}
