import type { Models } from '../../../console/answers/settings.ts';
import { useLoaded } from './loaded.ts';
import { Badge, Card, Waiting } from './page.tsx';
import { Problem } from './problem.tsx';

/** What recognises people: the packs that are here or can be fetched, and the engine. */
export function ModelsCards() {
  const { value, error } = useLoaded<Models>('/api/models');
  if (value === null) return <Card title="Models">{error ? <Problem of={error} /> : <Waiting />}</Card>;
  return (
    <>
      <Card title="Packs" class="flush titled">
        <table class="rows">
          <thead>
            <tr>
              <th>Pack</th>
              <th>State</th>
              <th>Gives</th>
              <th class="number">Size</th>
              <th class="number">LFW</th>
              <th class="number">TAR at 0.1 %</th>
              <th>Licence</th>
            </tr>
          </thead>
          <tbody>
            {value.packs.map((pack) => (
              <tr key={pack.name}>
                <td>
                  <strong>{pack.name}</strong>
                </td>
                <td>
                  <PackState of={pack} />
                </td>
                <td>{pack.gives.join(', ')}</td>
                <td class="number">{(pack.bytes / 1e6).toFixed(1)} MB</td>
                <td class="number">{percent(pack.accuracy)}</td>
                <td class="number">{percent(pack.trueAcceptance)}</td>
                <td>{pack.licence}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="quiet note">
          LFW: pairs of pictures told apart correctly. TAR: pairs of one person accepted when 1 of 1,000 strangers is.
          What is not here is fetched with <code>limen models add NAME</code> on the machine.
        </p>
      </Card>
      <Card title="Engine">
        <p class="engines">
          {value.engines.map(({ name, inUse }) => (
            <Badge key={name} tone={inUse ? 'good' : 'plain'}>
              {name}
              {inUse ? ', in use' : ''}
            </Badge>
          ))}
        </p>
      </Card>
    </>
  );
}

function PackState({ of }: { readonly of: Models['packs'][number] }) {
  if (of.inUse) return <Badge tone="good">in use</Badge>;
  if (!of.installed) return <Badge tone="plain">not here</Badge>;
  return of.calibrated ? <Badge tone="plain">here</Badge> : <Badge tone="warn">here, not measured</Badge>;
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(2)} %`;
}
