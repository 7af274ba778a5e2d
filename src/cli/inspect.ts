import type { Command } from 'commander';
import type { Calibration } from '../domain/calibration.ts';
import { isLimenError, LimenError } from '../domain/errors.ts';
import { guidanceWords } from '../domain/guidance.ts';
import type { Sighting } from '../domain/sighting.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { colours } from '../runtime/colours.ts';
import { exitCode, exitCodeOf } from './exit-codes.ts';
import { galleryOf } from './gallery-source.ts';
import { print, printError, printJson, table } from './output.ts';

interface InspectFlags {
  readonly json?: true;
  readonly config?: string;
}

/** `limen inspect`: what limen sees in a picture. */
export function define(program: Command): void {
  program
    .command('inspect')
    .description(
      'show the faces in pictures: boxes, landmarks, quality, and the nearest people when a gallery is given',
    )
    .argument('<images...>', 'JPEG, PNG or WebP files')
    .option('--config <file>', "a terminal's YAML file: compare with its gallery, by its settings")
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  limen inspect test/people/people/p01/probe-1.jpg')
    .action(inspect);
}

async function inspect(files: string[], flags: InspectFlags, command: Command): Promise<void> {
  const [{ openVision }, { recognitionSchema }, { readPictures }] = await Promise.all([
    import('../compose.ts'),
    import('../config/recognition-schema.ts'),
    import('../hub/pictures.ts'),
  ]);
  const known = flags.config === undefined ? null : await galleryOf(flags.config);
  const { vision, pack } = await openVision(known?.config.recognition ?? recognitionSchema.parse({}), {
    worker: false,
  });
  const judge = known === null ? null : await judgeFor(known, pack.calibration);
  const results: unknown[] = [];
  for (const [id, file] of files.entries()) {
    try {
      const [picture] = readPictures([file]);
      const seen = await vision.see({ id, capturedAtMs: 0, format: 'jpeg', data: picture!.jpeg });
      const faces = seen.sightings.map((sighting) => describe(sighting, judge));
      results.push({ file, widthPx: seen.widthPx, heightPx: seen.heightPx, faces });
      if (!flags.json) show(file, seen, faces);
    } catch (error) {
      if (!isLimenError(error)) throw error;
      if (files.length === 1) throw named(error, file);
      results.push({ file, error: { code: error.code, message: error.message } });
      process.exitCode = exitCodeOf(error) || exitCode.data;
      printError(named(error, file), command.optsWithGlobals().verbose === true);
    }
  }
  await vision.close();
  if (flags.json) printJson(results);
}

interface Judge {
  readonly gallery: Gallery;
  readonly threshold: number;
}

async function judgeFor(
  { gallery, config }: Awaited<ReturnType<typeof galleryOf>>,
  calibration: Calibration | null,
): Promise<Judge> {
  const { policyFor } = await import('../access/policy.ts');
  return { gallery, threshold: policyFor(gallery, calibration, config.recognition).policy.threshold };
}

/** Everything about one face but its template. */
function describe({ face, quality, liveness, template }: Sighting, judge: Judge | null) {
  const { box, landmarks, score } = face;
  const ranking = judge !== null && template !== null ? judge.gallery.rank(template) : null;
  const people = ranking && {
    nearest: ranking.nearest,
    other: ranking.other,
    threshold: judge?.threshold ?? null,
    within: ranking.nearest !== null && ranking.nearest.distance <= (judge?.threshold ?? 0),
  };
  return { score, box, landmarks, quality, usable: template !== null, liveness, people };
}

function show(file: string, seen: { widthPx: number; heightPx: number }, faces: ReturnType<typeof describe>[]): void {
  print(
    `${colours.bold(file)}: ${seen.widthPx}×${seen.heightPx}, ${faces.length === 1 ? '1 face' : `${faces.length} faces`}`,
  );
  for (const [i, { box, score, quality, people }] of faces.entries()) {
    const usable = quality.failures.length === 0;
    const advice = quality.failures.map((failure) => `${failure} (“${guidanceWords[failure]}”)`).join(', ');
    const px = (value: number) => String(Math.round(value));
    const rows = [
      ['found', `score ${score.toFixed(2)}, box ${px(box.width)}×${px(box.height)} at ${px(box.x)},${px(box.y)}`],
      ['size', `${px(quality.interEyePx)} px between the eyes`],
      ['pose', `yaw ${px(quality.yawDeg)}°, pitch ${px(quality.pitchDeg)}°, roll ${px(quality.rollDeg)}°`],
      [
        'picture',
        `sharpness ${px(quality.sharpness)}, brightness ${px(quality.brightness)}, contrast ${px(quality.contrast)}`,
      ],
      ['verdict', usable ? colours.green('good enough to recognise') : colours.yellow(`not good enough: ${advice}`)],
    ];
    if (people?.nearest) {
      const next =
        people.other === null ? '' : `, then ${people.other.personId} at ${people.other.distance.toFixed(3)}`;
      const relation = people.within ? 'within' : 'beyond';
      rows.push([
        'nearest',
        `${people.nearest.personId} at ${people.nearest.distance.toFixed(3)}, ${relation} ${people.threshold?.toFixed(3)}${next}`,
      ]);
    }
    print(`  face ${i + 1}`);
    for (const line of table(rows)) print(`    ${line}`);
  }
}

function named(error: LimenError, file: string): LimenError {
  const message = error.message.includes(file) ? error.message : `${file}: ${error.message}`;
  return new LimenError(error.code, message, { hint: error.hint, cause: error });
}
