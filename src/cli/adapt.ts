import type { Command } from 'commander';
import type { Adaptation, LearnedProjection } from '../adapt/adapt.ts';
import { LimenError } from '../domain/errors.ts';
import type { SourceFlags } from './adapt-source.ts';
import { withEyes } from './evaluating.ts';
import { print, printJson } from './output.ts';
import { untilInterrupted } from './signals.ts';

interface AdaptFlags extends SourceFlags {
  readonly out: string;
  readonly fpir?: string;
  readonly json?: true;
}

/** `limen adapt`: learn what tells the people of this site apart. */
export function define(program: Command): void {
  const command = program
    .command('adapt')
    .description("learn a small projection from a site's own enrolments; kept only if it helps people it has not seen")
    .option('--config <file>', "a hub's or a terminal's YAML file: learn from everyone enrolled there")
    .option('--images <folder>', 'learn from pictures instead: one folder per person')
    .option('--strangers <folder>', 'pictures of 100 and more other people, one each: measure how near strangers come')
    .option('--fpir <share>', "the share of strangers at which it has to help (default: the site's)")
    .option('--out <file>', 'where to write the projection', 'projection.json');
  withEyes(command)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  limen adapt --config hub.yaml --strangers faces --out projection.json')
    .action((flags: AdaptFlags) => untilInterrupted((signal) => learn(flags, signal)));
}

async function learn(flags: AdaptFlags, signal: AbortSignal): Promise<void> {
  const fpir = flags.fpir === undefined ? undefined : shareFrom(flags.fpir);
  const [{ adaptSourceOf }, { adapt }, { bindWasm }, { writeProjection }] = await Promise.all([
    import('./adapt-source.ts'),
    import('../adapt/adapt.ts'),
    import('../engine/tensorflow.ts'),
    import('../adapt/projection-file.ts'),
  ]);
  const { people, embedder, targetFpir, strangers } = await adaptSourceOf(flags, signal);
  const adaptation = await adapt({
    ...{ people, embedder, signal, targetFpir: fpir ?? targetFpir },
    ...(strangers !== undefined && { strangers }),
    // One backend for everyone: the same templates give the same projection on every machine.
    tensorFlow: await bindWasm(),
    onProgress: (done, total) => {
      if (process.stderr.isTTY) process.stderr.write(`learning, ${done + 1} of ${total} …\n`);
    },
  });
  const { learned, ...figures } = adaptation;
  if (learned !== null) await writeProjection(flags.out, { ...adaptation, learned });
  if (flags.json) {
    const { id = null, calibration = null } = learned ?? {};
    printJson({ ...figures, id, file: learned === null ? null : flags.out, calibration });
  } else {
    show(adaptation, fpir ?? targetFpir);
  }
  if (learned === null) throw notBetter(adaptation);
  if (!flags.json) await showUse(learned, people.flat().length, flags);
}

function show({ people, templates, heldOut }: Adaptation, wanted: number): void {
  const { fpir, plain, adapted, difference, interval95, attempts } = heldOut;
  print(`Learned from ${templates} templates of ${people} people, and tried on people who had been held out:`);
  const coarse = fpir > wanted ? `, because so few tries cannot show ${percent(wanted)}` : '';
  print(`  strangers taken for somebody   ${percent(fpir)} of ${attempts} tries${coarse}`);
  print(`  people not recognised, plain   ${percent(plain)}`);
  print(`  people not recognised, adapted ${percent(adapted)}`);
  const points = (share: number) => `${share > 0 ? '+' : ''}${(100 * share).toFixed(2)}`;
  print(
    `  difference                     ${points(difference)} points, 95 % interval ${interval95.map(points).join(' to ')}`,
  );
}

function notBetter({ heldOut: { plain, adapted, fpir, interval95 } }: Adaptation): LimenError {
  const far = interval95[0] > 0 ? 'it is worse' : 'the difference may be chance';
  return new LimenError(
    'adapt.not-better',
    `No adaptation: not better. With it ${percent(adapted)} of the people held out are not recognised at an FPIR of ` +
      `${percent(fpir)}, without it ${percent(plain)}; ${far}.`,
    { hint: 'Nothing was written. Go on without, or try again with more people and more pictures of each.' },
  );
}

async function showUse({ id, calibration }: LearnedProjection, templates: number, flags: AdaptFlags): Promise<void> {
  const { loosestFmr } = await import('../gallery/threshold.ts');
  const strictest = Math.min(...calibration.quantiles.map(({ fmrUpper }) => fmrUpper));
  const { impostorPairs, people, source } = calibration;
  print(`\nWrote ${flags.out}: ${id}.`);
  print(`Impostor figures: ${impostorPairs.toLocaleString('en-US')} pairs of ${people} people, ${source}.`);
  print(`They vouch for a false match rate of 1 in ${Math.round(1 / strictest).toLocaleString('en-US')}.`);
  if (strictest > loosestFmr) {
    print('A door needs 1 in 1,000: no terminal will take this file. Measure it with --strangers FOLDER.');
    return;
  }
  print(
    `To use it, set recognition.projection: ${flags.out} on every terminal. The gallery stays as it is (${templates} templates).`,
  );
}

function shareFrom(text: string): number {
  const share = Number(text);
  if (share > 0 && share < 1) return share;
  throw new LimenError('usage.invalid', `--fpir ${text} is no share between 0 and 1.`, {
    hint: 'For example --fpir 0.01.',
  });
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
