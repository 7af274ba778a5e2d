import type { Command } from 'commander';
import type { PackLiveness } from '../evaluate/report/liveness-report.ts';
import { deliver, evaluation, factsFor, lookWith, packsFrom, type ReportFlags, withReport } from './evaluating.ts';

interface LivenessFlags extends ReportFlags {
  readonly clips: string;
}

/** `limen evaluate liveness`: is that a face, or a picture of one? */
export function addLiveness(evaluate: Command): void {
  const command = evaluate
    .command('liveness')
    .description('play walk-ups and attacks to the verdict: which attacks are let in, which living people are not')
    .requiredOption(
      '--clips <folder>',
      'with a manifest.json, or with folders live/NAME and SPECIES/NAME full of JPEG frames',
    );
  withReport(command)
    .addHelpText('after', '\nExample:\n  limen evaluate liveness --clips test/people --report liveness.html')
    .action((flags: LivenessFlags) => evaluation(flags, (signal) => liveness(flags, signal)));
}

async function liveness(flags: LivenessFlags, signal: AbortSignal): Promise<void> {
  const [{ readClips }, { livenessReport }, { recognitionSchema }, { count }] = await Promise.all([
    import('../evaluate/labelled.ts'),
    import('../evaluate/report/liveness-report.ts'),
    import('../config/recognition-schema.ts'),
    import('../evaluate/report/words.ts'),
  ]);
  const [{ trackedBy }, { rehearse }, { bySpecies }] = await Promise.all([
    import('../access/policy.ts'),
    import('../evaluate/rehearsal.ts'),
    import('../evaluate/presentation-attacks.ts'),
  ]);
  const clips = await readClips(flags.clips);
  const policy = recognitionSchema.parse({});
  const results: PackLiveness[] = [];
  for (const pack of await packsFrom(flags)) {
    results.push(
      await lookWith({ pack, engine: flags.engine, signal, quality: policy.quality }, async (looking, opened) => {
        const { calibration, liveness } = opened.pack;
        const network = liveness !== undefined;
        // Without impostor figures no terminal grants anybody; only then is one clip taken for one face throughout.
        const tracking = calibration ? trackedBy(calibration) : { changeDistance: 2 };
        const presentations = [];
        for (const clip of clips) {
          presentations.push(await rehearse(clip, { ...policy, ...tracking, surroundingsSuffice: !network }, looking));
          looking.onProgress?.(presentations.length, clips.length);
        }
        return { pack: opened.pack.name, network, presentations, species: bySpecies(presentations) };
      }),
    );
  }
  const facts: [string, string][] = [['clips', count(clips.length)]];
  const figures = results.map(({ pack, species, presentations }) => ({
    pack,
    species,
    clips: presentations.map(({ name, species: of, answer, frames }) => ({
      name,
      species: of,
      answer,
      frames: frames.length,
    })),
  }));
  await deliver(figures, livenessReport(results, [...facts, ...(await factsFor(flags.engine))]), flags);
}
