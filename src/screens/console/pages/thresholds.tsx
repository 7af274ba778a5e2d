import { useState } from 'preact/hooks';
import type { GalleryRiskTold, RiskPointTold } from '../../../console/answers/risk.ts';
import { RefusedError } from '../../kit/api.ts';
import { Icon } from '../parts/icon.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { counted, oneIn, percent } from '../parts/numbers.ts';
import { Badge, Card, Empty, Facts, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { RiskChart } from '../parts/risk-chart.tsx';

/** What this gallery risks, and what another threshold would change. */
export function Thresholds() {
  const { value, error } = useLoaded<GalleryRiskTold>('/api/risk');
  return (
    <Page
      title="Thresholds"
      says={
        value
          ? `${counted(value.people, 'person', 'people')}, ${counted(value.templates, 'picture')}: how often strangers would be let in, and how often these people refused.`
          : 'How often strangers would be let in, and your own people refused.'
      }
    >
      {value === null && !error && (
        <Waiting>Every picture is held against every other; with thousands of people that takes a while …</Waiting>
      )}
      {error instanceof RefusedError && error.code === 'gallery.empty' ? <NobodyYet /> : <Problem of={error} />}
      {value !== null && <Risk of={value} />}
    </Page>
  );
}

function NobodyYet() {
  return (
    <Empty icon="thresholds" title="Nobody is enrolled yet">
      <p>
        What a threshold risks depends on who is there to be mistaken for. With two pictures of each person, how often
        they would be refused is known as well.
      </p>
      <a class="go" href="/people">
        To the people
      </a>
    </Empty>
  );
}

function Risk({ of }: { readonly of: GalleryRiskTold }) {
  const { points } = of;
  const inForce = Math.max(
    0,
    points.findIndex(({ threshold }) => threshold >= of.threshold),
  );
  const [chosen, setChosen] = useState(inForce);
  const point = points[chosen] as RiskPointTold;
  const says = `At τ ${point.threshold.toFixed(3)}: ${strangersIn(point)} ${ownIn(point)}`;
  return (
    <>
      {of.shortfall && (
        <div class="notice warn">
          <Icon name="warn" />
          <div>
            <strong>{of.shortfall.message}</strong>
            {of.shortfall.hint && <p>{of.shortfall.hint}</p>}
          </div>
        </div>
      )}
      <Card title="What a threshold costs">
        <RiskChart {...{ points, chosen, inForce, says, onChoose: setChosen }} />
        <p class="quiet note">Where a line ends, nothing of its kind happened. The dashed mark is what is in force.</p>
        <label class="operating">
          <span>
            Operating point: <strong>τ {point.threshold.toFixed(3)}</strong>{' '}
            {chosen === inForce ? <Badge tone="plain">what a target of {oneIn(of.targetFpir)} gives</Badge> : null}
          </span>
          <input
            type="range"
            min={0}
            max={points.length - 1}
            value={chosen}
            aria-valuetext={says}
            onInput={(event) => setChosen(Number(event.currentTarget.value))}
          />
          <span class="ends quiet" aria-hidden="true">
            <span>stricter</span>
            <span>more lenient</span>
          </span>
        </label>
        <Consequence {...{ point, of, isInForce: chosen === inForce, onBack: () => setChosen(inForce) }} />
      </Card>
      <div class="columns">
        <Confusable of={of} threshold={point.threshold} />
        <Behind of={of} />
      </div>
    </>
  );
}

function strangersIn({ expectedFpir, fpirBound }: RiskPointTold): string {
  return `${oneIn(expectedFpir)} strangers who try is let in as somebody; at most ${oneIn(fpirBound)}.`;
}

function ownIn({ fnir }: RiskPointTold): string {
  if (fnir === null) return 'Nobody has two pictures, so nobody can tell how often they are refused.';
  return `Of 100 single looks at your own people, about ${tidy(fnir.share * 100)} fail (${tidy(fnir.low * 100)} to ${tidy(fnir.high * 100)}).`;
}

function tidy(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}

function Consequence(props: {
  readonly point: RiskPointTold;
  readonly of: GalleryRiskTold;
  readonly isInForce: boolean;
  readonly onBack: () => void;
}) {
  const { point, of, isInForce, onBack } = props;
  const target = Number(point.fpirBound.toPrecision(2));
  return (
    <div class="consequence">
      <div class="tile bad">
        <strong>{oneIn(point.expectedFpir)}</strong>
        <span>strangers who try is let in as somebody; at most {oneIn(point.fpirBound)}, with 95 % confidence</span>
      </div>
      <div class="tile">
        <strong>{point.fnir === null ? 'unknown' : percent(point.fnir.share)}</strong>
        <span>
          {point.fnir === null
            ? 'of your own people refused: nobody has two pictures'
            : `of single looks at your own people refused (${percent(point.fnir.low)} to ${percent(point.fnir.high)}); several frames at the door do better, another day and other light do worse`}
        </span>
      </div>
      <div class="set">
        {isInForce ? (
          <p class="quiet">
            This is what terminals do that say nothing else: a target of {oneIn(of.targetFpir)}. τ follows from it by
            itself, stricter with everybody who is enrolled.
          </p>
        ) : (
          <>
            <p>To have it so, say in the file of a terminal:</p>
            <pre>{`recognition:\n  targetFpir: ${target}`}</pre>
            <button type="button" class="small secondary outline" onClick={onBack}>
              Back to what is in force
            </button>
          </>
        )}
      </div>
    </div>
  );
}

/** Strangers who are as near as this are nothing to speak of. */
const usualChance = 0.05;

function Confusable({ of, threshold }: { readonly of: GalleryRiskTold; readonly threshold: number }) {
  const pairs = of.confusable.filter(({ distance, chance }) => distance <= threshold || chance <= usualChance);
  if (pairs.length === 0) {
    return (
      <Card title="Who is alike">
        <p class="quiet">No two people here are nearer to each other than chance makes strangers.</p>
      </Card>
    );
  }
  return (
    <Card title="Who is alike" class="flush titled">
      <table class="rows">
        <thead>
          <tr>
            <th>Pair</th>
            <th class="number">Distance</th>
            <th>As near as</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ a, b, nameA, nameB, distance, chance }) => (
            <tr key={`${a} ${b}`}>
              <td>
                <a class="row-link" href={`/people/${encodeURIComponent(a)}`}>
                  {nameA}
                </a>{' '}
                and{' '}
                <a class="row-link" href={`/people/${encodeURIComponent(b)}`}>
                  {nameB}
                </a>
              </td>
              <td class="number">{distance.toFixed(3)}</td>
              <td>
                {distance <= threshold ? (
                  <Badge tone="bad">can be taken for each other</Badge>
                ) : (
                  <span class="quiet">{oneIn(chance)} pairs of strangers</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="quiet note">
        One person with two ids? Erase one. Brothers, sisters, twins? Ask both for a card or a PIN (Rules). Otherwise
        new pictures in good light help.
      </p>
    </Card>
  );
}

function Behind({ of }: { readonly of: GalleryRiskTold }) {
  const { misses, unjudged, unjudgedCount, resemblance } = of;
  const more = unjudgedCount - unjudged.length;
  return (
    <Card title="What stands behind it">
      <Facts
        of={[
          ['τ in force', of.threshold.toFixed(4)],
          ['Margin to the next person', of.minMargin.toFixed(4)],
          ['Refused because too far', misses.tooFar],
          ['… because somebody else is too close', misses.tooClose],
          ['… because nearer to somebody else', misses.takenForAnother],
          ['Embedder', of.embedder],
        ]}
      />
      <p class="quiet note">{of.basis}.</p>
      {resemblance !== null && (
        <p class="note">
          These people resemble each other {resemblance.toFixed(1)} times as often as the strangers behind the figures:
          choose a target that is as much stricter.
        </p>
      )}
      {unjudgedCount > 0 && (
        <p class="note">
          With one picture only, nobody can tell how well somebody is recognised:{' '}
          {unjudged.map(({ id, name }, i) => (
            <span key={id}>
              {i > 0 && ', '}
              <a href={`/people/${encodeURIComponent(id)}`}>{name}</a>
            </span>
          ))}
          {more > 0 && ` and ${more} more`}.
        </p>
      )}
    </Card>
  );
}
