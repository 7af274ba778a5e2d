import { useEffect } from 'preact/hooks';
import type { TerminalView } from '../../../console/answers/terminals.ts';
import { useLoaded } from './loaded.ts';
import { Card, Facts, Waiting } from './page.tsx';
import { Problem } from './problem.tsx';

/** What `diagnose` answers, as far as it is shown; an older terminal may leave some of it out. */
interface Health {
  readonly upSeconds?: number;
  readonly memoryMb?: number;
  readonly machineMemoryMb?: { readonly free: number; readonly total: number };
  readonly load?: readonly number[];
  readonly temperatureC?: number | null;
  readonly diskFreeMb?: number | null;
  readonly lookingForMs?: number;
  readonly gallery?: { readonly threshold?: number };
}

const everyMs = 15_000;

/** How the machine is, asked of it now and again. */
export function TerminalHealth({ of }: { readonly of: TerminalView }) {
  if (of.presence !== 'online') {
    return (
      <Card title="Health">
        <p class="quiet">It can be asked as soon as it is online.</p>
      </Card>
    );
  }
  return <Asked id={of.id} />;
}

function Asked({ id }: { readonly id: string }) {
  const { value, error, again } = useLoaded<{ health: Health }>(`/api/terminals/${encodeURIComponent(id)}/health`);
  useEffect(() => {
    const asking = setInterval(again, everyMs);
    return () => clearInterval(asking);
  }, [again]);
  return (
    <Card title="Health">
      {error ? <Problem of={error} /> : null}
      {value === null ? !error && <Waiting>Asking the terminal …</Waiting> : <Facts of={factsOf(value.health)} />}
    </Card>
  );
}

function factsOf(health: Health): (readonly [string, string])[] {
  const { temperatureC, diskFreeMb, machineMemoryMb, memoryMb, load, upSeconds, lookingForMs, gallery } = health;
  const facts: (readonly [string, string | undefined])[] = [
    ['Processor', temperatureC == null ? undefined : `${temperatureC.toFixed(0)} °C`],
    ['Load', load?.map((value) => value.toFixed(1)).join(' · ')],
    ['Memory of limen', memoryMb && `${memoryMb} MB`],
    ['Memory free', machineMemoryMb && `${machineMemoryMb.free} of ${machineMemoryMb.total} MB`],
    ['Disk free', diskFreeMb == null ? undefined : `${(diskFreeMb / 1024).toFixed(1)} GB`],
    ['Present picture', lookingForMs === undefined ? undefined : `looked at for ${lookingForMs} ms`],
    ['Threshold', gallery?.threshold?.toFixed(3)],
    ['Running for', upSeconds === undefined ? undefined : duration(upSeconds)],
  ] as (readonly [string, string | undefined])[];
  return facts.filter((fact): fact is readonly [string, string] => Boolean(fact[1]));
}

function duration(seconds: number): string {
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}
