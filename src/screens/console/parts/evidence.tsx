import type { Evidence as EvidenceOf } from '../../../domain/verdict.ts';
import { Facts } from './page.tsx';

/** The numbers behind a verdict, and where the distance lies against τ. */
export function Evidence({ of }: { readonly of: EvidenceOf }) {
  const { distance, threshold, margin, liveness, access, challenge, qualityFailures } = of;
  return (
    <>
      {distance !== null && threshold !== null && <DistanceChart {...{ distance, threshold, margin }} />}
      {liveness !== null && <Gauge name="Liveness" share={liveness} says={`${liveness.toFixed(2)} of 1`} />}
      <Facts
        of={[
          ['Distance to the nearest', distance === null ? 'nobody to compare with' : distance.toFixed(4)],
          ['Largest distance allowed (τ)', threshold === null ? '–' : threshold.toFixed(4)],
          ['Margin to the next person', margin === null ? 'nobody else is near' : margin.toFixed(4)],
          ['Frames', `${of.framesUsed} good of ${of.framesSeen}, ${of.agreeing} agreed`],
          ['Decided after', `${(of.elapsedMs / 1000).toFixed(2)} s`],
          ...(access?.rule ? [['Rule', access.rule] as const] : []),
          ...(access?.says ? [['It says', access.says] as const] : []),
          ...(access && access.factors.length > 0 ? [['Proven by', access.factors.join(', ')] as const] : []),
          ...(challenge ? [['Asked to', `${challenge.task}: ${challenge.met ? 'done' : 'not done'}`] as const] : []),
          ...(qualityFailures.length > 0 ? [['Looks that failed', qualityFailures.join(', ')] as const] : []),
          ['Gallery', `version ${of.galleryVersion}, ${of.galleryPeople} people`],
          ['Model', of.model],
        ]}
      />
    </>
  );
}

const width = 760;

/** 0 on the left; what lies within τ is near enough. */
function DistanceChart(props: {
  readonly distance: number;
  readonly threshold: number;
  readonly margin: number | null;
}) {
  const { distance, threshold, margin } = props;
  const next = margin === null ? null : distance + margin;
  const far = Math.max(threshold * 1.6, distance * 1.15, (next ?? 0) * 1.1, 0.01);
  const at = (value: number) => Math.min(width - 2, Math.max(2, (value / far) * width));
  const isWithin = distance <= threshold;
  const says = `Distance ${distance.toFixed(4)}, ${isWithin ? 'within' : 'beyond'} τ ${threshold.toFixed(4)}${next === null ? '' : `; the next person is at ${next.toFixed(4)}`}.`;
  const end = (x: number) => (x > width * 0.85 ? 'end' : x < width * 0.1 ? 'start' : 'middle');
  return (
    <svg class="distance-chart" viewBox={`0 0 ${width} 92`} role="img" aria-label={says}>
      <rect class="within" x="0" y="34" width={at(threshold)} height="22" rx="3" />
      <rect class="beyond" x={at(threshold)} y="34" width={width - at(threshold)} height="22" rx="3" />
      <path class="limit" d={`M${at(threshold)} 28V62`} />
      <text class="limit-name" x={at(threshold)} y="78" text-anchor={end(at(threshold))}>
        τ {threshold.toFixed(3)}
      </text>
      {next !== null && (
        <>
          <circle class="next" cx={at(next)} cy="45" r="6" />
          {Math.abs(at(next) - at(threshold)) > 110 && (
            <text x={at(next)} y="78" text-anchor={end(at(next))}>
              next person
            </text>
          )}
        </>
      )}
      <circle class={isWithin ? 'here good' : 'here bad'} cx={at(distance)} cy="45" r="8" />
      <text class="here-name" x={at(distance)} y="20" text-anchor={end(at(distance))}>
        this face {distance.toFixed(3)}
      </text>
    </svg>
  );
}

function Gauge({ name, share, says }: { readonly name: string; readonly share: number; readonly says: string }) {
  return (
    <div class="gauge">
      <span>{name}</span>
      <meter min={0} max={1} value={share} aria-label={`${name}: ${says}`} />
      <span class="quiet">{says}</span>
    </div>
  );
}
