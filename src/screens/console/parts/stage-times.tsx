/** In the order of a picture's way; a stage that is not known here comes last, under its own name. */
const names: Readonly<Record<string, string>> = {
  camera: 'Waiting for its turn',
  decode: 'Decoding',
  detect: 'Finding faces',
  landmarks: 'Landmarks',
  liveness: 'Liveness',
  embed: 'Template',
  decide: 'Comparing, deciding',
  total: 'Altogether',
};

/** By stage: what 95 of 100 pictures took, and half of them where that is told. */
type Times = Readonly<Record<string, { readonly p50Ms?: number; readonly p95Ms: number }>>;

/** Where the time of a picture goes, as numbers and as bars. */
export function StageTimes({ of }: { readonly of: Times }) {
  const known = Object.keys(names).filter((stage) => stage in of);
  const stages = [...known, ...Object.keys(of).filter((stage) => !(stage in names))];
  const longest = Math.max(1, ...Object.values(of).map(({ p95Ms }) => p95Ms));
  const halvesAreTold = Object.values(of).some(({ p50Ms }) => p50Ms !== undefined);
  return (
    <table class="rows stages">
      <thead>
        <tr>
          <th>Stage</th>
          {halvesAreTold && <th class="number">Half within</th>}
          <th class="number">95 % within</th>
          <th>
            <span class="hidden">As bars</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {stages.map((stage) => {
          const { p50Ms, p95Ms } = of[stage]!;
          return (
            <tr key={stage}>
              <td>{names[stage] ?? stage}</td>
              {halvesAreTold && <td class="number">{p50Ms === undefined ? '' : ms(p50Ms)}</td>}
              <td class="number">{ms(p95Ms)}</td>
              <td>
                <Bar p50={(p50Ms ?? 0) / longest} p95={p95Ms / longest} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

/** @param p50 and p95 as shares of the whole width */
function Bar({ p50, p95 }: { readonly p50: number; readonly p95: number }) {
  const width = (share: number) => Math.max(0.5, share * 100);
  return (
    <svg class="stage-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="slow" x="0" y="0" width={width(p95)} height="8" />
      {p50 > 0 && <rect class="usual" x="0" y="0" width={width(p50)} height="8" />}
    </svg>
  );
}
