import { useState } from 'preact/hooks';
import type { TerminalView } from '../../../console/answers/terminals.ts';
import type { Diagnosis } from '../../../sync/diagnosis.ts';
import { ask } from '../server.ts';
import { useDoing } from './doing.tsx';
import { Icon } from './icon.tsx';
import { Badge, Card, Facts } from './page.tsx';
import { Problem } from './problem.tsx';
import { StageTimes } from './stage-times.tsx';
import { instant } from './time.tsx';

/** What it says about itself when it is asked: time per stage, machine, the last warnings of its log. */
export function TerminalDiagnosis({ of }: { readonly of: TerminalView }) {
  const [diagnosis, setDiagnosis] = useState<Diagnosis | null>(null);
  const asking = useDoing(async () => {
    const path = `/api/terminals/${encodeURIComponent(of.id)}/diagnosis`;
    setDiagnosis((await ask<{ diagnosis: Diagnosis }>(path, { method: 'POST' })).diagnosis);
  });
  return (
    <Card
      title="Diagnosis"
      actions={
        <button
          type="button"
          class="secondary outline"
          disabled={of.presence !== 'online'}
          aria-busy={asking.busy}
          onClick={() => asking.run()}
        >
          <Icon name="pulse" /> Fetch diagnosis
        </button>
      }
    >
      <Problem of={asking.error} />
      {diagnosis === null ? (
        <p class="quiet">
          Where the time of a picture goes, how the machine does, and the last warnings of its log. The terminal is
          asked once, and writes down who asked.
        </p>
      ) : (
        <Told of={diagnosis} />
      )}
    </Card>
  );
}

function Told({ of: diagnosis }: { readonly of: Diagnosis }) {
  const { latency, log } = diagnosis;
  return (
    <div class="diagnosis">
      {latency && (
        <section>
          <h3>Time per picture, over the last minute</h3>
          {Object.keys(latency).length === 0 ? (
            <p class="quiet">Nobody was there: no picture was searched for faces.</p>
          ) : (
            <StageTimes of={latency} />
          )}
        </section>
      )}
      <section>
        <h3>Pictures and machine</h3>
        <Facts of={factsOf(diagnosis)} />
      </section>
      {log && (
        <section class="whole">
          <h3>Last warnings and errors</h3>
          <Log of={log} />
        </section>
      )}
    </div>
  );
}

function Log({ of }: { readonly of: NonNullable<Diagnosis['log']> }) {
  if (of.length === 0) return <p class="quiet">None since it was started.</p>;
  return (
    <ul class="log">
      {of.map(({ at, level, code, says }) => (
        <li key={`${at} ${says}`}>
          <time dateTime={at}>{instant(at)}</time>
          <Badge tone={level === 'error' ? 'bad' : 'warn'}>{level === 'error' ? 'error' : 'warning'}</Badge>
          <span>
            {says}
            {code && <small class="by">{code}</small>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function factsOf(diagnosis: Diagnosis): (readonly [string, string])[] {
  const {
    frames,
    verdicts,
    memoryMb,
    machineMemoryMb: machine,
    load,
    upSeconds,
    gallery,
    lookingForMs,
    time,
  } = diagnosis;
  const facts: (readonly [string, string | undefined])[] = [
    ['Pictures', frames && `${frames.perSecond.toFixed(1)} per second`],
    ['… in which nothing moved', frames && `${frames.stillPerSecond.toFixed(1)} per second`],
    ['… missed', frames && `${frames.droppedPerSecond.toFixed(1)} per second`],
    ['… that could not be read', frames && `${frames.failedPerSecond.toFixed(1)} per second`],
    [
      'From a good look to a verdict',
      verdicts ? `${verdicts.p50Ms.toFixed(0)} ms, 95 of 100 within ${verdicts.p95Ms.toFixed(0)} ms` : undefined,
    ],
    ['Present picture', lookingForMs === undefined ? undefined : `looked at for ${lookingForMs} ms`],
    ['Threshold', gallery?.threshold.toFixed(3)],
    ['Load', load?.map((value) => value.toFixed(1)).join(' · ')],
    ['Memory of limen', memoryMb === undefined ? undefined : `${memoryMb} MB`],
    ['Memory free', machine && `${machine.free} of ${machine.total} MB`],
    ['Running for', upSeconds === undefined ? undefined : duration(upSeconds)],
    ['Its own time', time && instant(time)],
  ];
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined);
}

function duration(seconds: number): string {
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}
