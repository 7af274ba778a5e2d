import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ImportRequest } from '../models/import-pack.ts';
import { forEveryone } from './for-everyone.ts';
import { print } from './output.ts';

interface ImportFlags {
  readonly name: string;
  readonly input: number;
  readonly norm: ImportRequest['norm'];
  readonly channels: ImportRequest['channels'];
  readonly alignment: ImportRequest['alignment'];
  readonly mirror?: true;
  readonly licence: string;
  readonly output?: string;
  readonly dimensions?: number;
  readonly to?: string;
}

/** `limen models import`. */
export function defineImport(models: Command): void {
  models
    .command('import')
    .description('make a pack of an embedder of your own, such as a FaceNet (Inception-ResNet-v1)')
    .argument('<file>', 'the network: an .onnx file, or the model.json of a TF.js GraphModel')
    .requiredOption('--name <name>', 'what the pack will be called', packName)
    .option('--input <px>', 'side of the picture that it takes', wholeNumber, 160)
    .addOption(
      new Option(
        '--norm <norm>',
        'prewhiten: FaceNet of 2017; fixed: (x − 127.5) / 128, FaceNet of 2018; imagenet; none',
      )
        .choices(['prewhiten', 'fixed', 'imagenet', 'none'])
        .makeOptionMandatory(),
    )
    .addOption(new Option('--channels <order>', 'order of the colours').choices(['RGB', 'BGR']).default('RGB'))
    .addOption(
      new Option('--alignment <template>', 'how the face is framed')
        .choices(['arcface-5', 'dlib-chip-68'])
        .default('arcface-5'),
    )
    .option('--mirror', 'average with the mirrored picture: twice the work, a little more accurate')
    .option('--output <name>', 'the output that is the embedding, where there are several')
    .option('--dimensions <n>', 'refuse the file unless it answers with this many numbers', wholeNumber)
    .option('--licence <text>', 'its licence, for the record', 'not stated')
    .option('--to <folder>', 'where packs are kept')
    .addHelpText(
      'after',
      '\nExample:\n  limen models import 20180402-114759.onnx --name facenet --input 160 --norm fixed',
    )
    .action(importModel);
}

async function importModel(file: string, flags: ImportFlags): Promise<void> {
  const [{ importPack }, { placeForPacks }, { openEngineByName }, { tryOnFaces }] = await Promise.all([
    import('../models/import-pack.ts'),
    import('../models/place.ts'),
    import('../compose.ts'),
    import('../models/try-on-faces.ts'),
  ]);
  forEveryone();
  const into = await placeForPacks(flags.to);
  const engine = await openEngineByName(file.endsWith('.json') ? 'tfjs' : 'onnxruntime-node');
  const { name, output, dimensions } = flags;
  const pack = await importPack({
    ...{ file, name, into, engine, sidePx: flags.input, norm: flags.norm, channels: flags.channels },
    ...{ alignment: flags.alignment, mirror: flags.mirror === true, licence: flags.licence },
    ...(output !== undefined && { output }),
    ...(dimensions !== undefined && { dimensions }),
  });
  const folder = join(into, name);
  const {
    input,
    dimensions: answers,
    output: { normalised },
  } = pack.embedder!;
  print(`${name} is in ${folder}.`);
  print(
    `It takes ${input.widthPx}×${input.heightPx} pixels as ${input.layout} and answers with ${answers} numbers` +
      `${normalised ? ' of unit length' : ''}.`,
  );
  const { nearest, farthest } = await tryOnFaces(folder, engine);
  print(`On rendered faces: one person ${nearest.toFixed(3)} apart, two people ${farthest.toFixed(3)} (1 − cosine).`);
  if (nearest >= farthest) {
    print('Two people are no farther apart than one: check --norm, --channels and --input before you go on.');
  }
  if (engine.format === 'tfjs') print('A GraphModel runs with recognition.engine: tfjs only.');
  print();
  print('It lets nobody in yet: no threshold can be derived until it has been measured on people it has never seen.');
  print(`Next: limen evaluate calibration --pack ${name} --images FOLDER`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('A whole number above 0.');
}

function packName(text: string): string {
  if (/^[a-z0-9][a-z0-9._-]*$/i.test(text)) return text;
  throw new InvalidArgumentError('Letters, digits, dots, hyphens; it becomes a folder.');
}
