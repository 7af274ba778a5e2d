import type { Command } from 'commander';
import type { OpenedVision } from '../compose.ts';
import { LimenError } from '../domain/errors.ts';
import type { Demands } from '../evaluate/identification.ts';
import type { Condition, Split } from '../evaluate/open-set.ts';
import type { Looking } from '../evaluate/pictures.ts';
import type { PackIdentification } from '../evaluate/report/identification-report.ts';
import { isThere } from '../runtime/is-there.ts';
import {
  deliver,
  evaluation,
  factsFor,
  lookWith,
  packsFrom,
  type ReportFlags,
  wholeNumbers,
  withReport,
} from './evaluating.ts';

interface IdentificationFlags extends ReportFlags {
  readonly images: string;
  readonly enrol: string;
  readonly frames: string;
  readonly strangers?: string;
  readonly target: string;
  readonly margin?: string;
  readonly sizes?: string;
}

/** `limen evaluate identification`: who is this, and is it anybody at all? */
export function addIdentification(evaluate: Command): void {
  const command = evaluate
    .command('identification')
    .description('enrol some, let them and strangers try: who is recognised, who is let in that should not be')
    .requiredOption('--images <folder>', 'one folder per person, full of pictures')
    .option('--enrol <numbers>', 'pictures to enrol per person; "1,2,3" compares', '2')
    .option('--frames <numbers>', 'pictures fused into one attempt, as a door fuses frames; "1,3" compares', '1')
    .option(
      '--strangers <folder or share>',
      'a folder of pictures of people who are not enrolled, or a share of --images, 0 to 0.9',
    )
    .option('--target <rates>', 'share of strangers a site accepts; several to compare', '0.001,0.01,0.1')
    .option('--margin <distance>', 'how much farther the second person must be (default: as a terminal is configured)')
    .option('--sizes <numbers>', 'also random galleries of so many people, for example "10,100"');
  withReport(command)
    .addHelpText(
      'after',
      '\nWhoever has too few pictures to be enrolled and to try is a stranger.\n\nExample:\n  limen evaluate identification --images lfw --enrol 1,3 --frames 1,3 --report open-set.html',
    )
    .action((flags: IdentificationFlags) => evaluation(flags, (signal) => identification(flags, signal)));
}

interface Plan {
  readonly split: Split;
  readonly conditions: readonly Condition[];
  readonly mostEnrolled: number;
  readonly sizes: readonly number[];
  /** Without a margin of its own, the one that a terminal would take from the pack. */
  readonly demands: Pick<Demands, 'targetsFpir'> & { readonly minMargin: number | undefined };
}

async function identification(flags: IdentificationFlags, signal: AbortSignal): Promise<void> {
  const [{ identificationReport }, { count }] = await Promise.all([
    import('../evaluate/report/identification-report.ts'),
    import('../evaluate/report/words.ts'),
  ]);
  const plan = await planOf(flags);
  const results: PackIdentification[] = [];
  for (const pack of await packsFrom(flags)) {
    results.push(
      await lookWith({ pack, engine: flags.engine, signal }, (looking, opened) => run(plan, looking, opened)),
    );
  }
  const { members, strangers } = plan.split;
  const report = identificationReport(results, {
    facts: [
      ['enrolled', `${count(members.length)} people`],
      ['strangers', count(strangers.length)],
      ...(await factsFor(flags.engine)),
    ],
  });
  const figures = results.map(({ pack, conditions, sizes }) => ({
    pack,
    conditions: conditions.map(({ condition, figures: of }) => ({ ...condition, ...of })),
    sizes,
  }));
  await deliver(figures, report, flags);
}

async function run(plan: Plan, looking: Looking, { pack }: OpenedVision): Promise<PackIdentification> {
  const [{ templatesOf }, { bySize }, { identify }, { openSetOf }, { minMarginOf }] = await Promise.all([
    import('../evaluate/pictures.ts'),
    import('../evaluate/gallery-sizes.ts'),
    import('../evaluate/identification.ts'),
    import('../evaluate/open-set.ts'),
    import('../access/policy.ts'),
  ]);
  const { calibration, embedder } = pack;
  if (calibration === null) {
    throw new LimenError('calibration.unsupported', `There are no impostor figures for the embedder ${embedder.id}.`, {
      hint: 'Without them no threshold can be derived: measure them with "limen evaluate calibration", or use another pack.',
    });
  }
  const { split, conditions, mostEnrolled, sizes } = plan;
  const minMargin = plan.demands.minMargin ?? minMarginOf(calibration);
  const demands = { ...plan.demands, minMargin, calibration };
  const templates = await templatesOf([...split.members, ...split.strangers].flat(), looking);
  const set = (condition: Condition) => openSetOf(split, condition, { mostEnrolled, templates, embedder: embedder.id });
  return {
    pack: pack.name,
    minMargin,
    conditions: conditions.map((condition) => ({ condition, ...identify(set(condition), demands) })),
    sizes: bySize(set(conditions.at(-1)!), sizes, demands),
  };
}

async function planOf(flags: IdentificationFlags): Promise<Plan> {
  const [{ splitPeople }, { peopleInFolder }] = await Promise.all([
    import('../evaluate/open-set.ts'),
    import('../hub/pictures.ts'),
  ]);
  const [enrol, frames] = [wholeNumbers('--enrol', flags.enrol), wholeNumbers('--frames', flags.frames)];
  const mostEnrolled = Math.max(...enrol);
  const asShare = flags.strangers === undefined ? '0' : flags.strangers;
  const isFolder = Number.isNaN(Number(asShare));
  const people = peopleInFolder(flags.images).map(({ files }) => files);
  const { members, strangers } = splitPeople(people, {
    pictures: mostEnrolled + Math.max(...frames),
    strangerShare: isFolder ? 0 : rate('--strangers', asShare, [0, 0.9]),
  });
  const sizes = flags.sizes === undefined ? [] : wholeNumbers('--sizes', flags.sizes);
  const tooLarge = sizes.find((size) => size > members.length);
  if (tooLarge !== undefined && members.length > 0) {
    throw new LimenError('usage.invalid', `--sizes ${tooLarge}: only ${members.length} people can be enrolled here.`, {
      hint: 'Name smaller galleries, or enrol fewer pictures of each, so that more people have enough.',
    });
  }
  const others = isFolder ? await strangersIn(asShare) : [];
  return {
    split: { members, strangers: [...strangers, ...others] },
    conditions: enrol.flatMap((one) => frames.map((many) => ({ enrol: one, frames: many }))),
    mostEnrolled,
    sizes,
    demands: {
      targetsFpir: flags.target.split(',').map((text) => rate('--target', text, [1e-9, 0.5])),
      minMargin: flags.margin === undefined ? undefined : rate('--margin', flags.margin, [0, 2]),
    },
  };
}

/** One folder per person, or a folder of pictures of one person each. */
async function strangersIn(folder: string): Promise<string[][]> {
  const [{ picturesIn }, { peopleInFolder }, { readdirSync }] = await Promise.all([
    import('../evaluate/pictures.ts'),
    import('../hub/pictures.ts'),
    import('node:fs'),
  ]);
  const nested = isThere(folder) && readdirSync(folder, { withFileTypes: true }).some((entry) => entry.isDirectory());
  return nested ? peopleInFolder(folder).map(({ files }) => [...files]) : picturesIn(folder).map((file) => [file]);
}

function rate(flag: string, text: string, [least, most]: readonly [number, number]): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new LimenError('usage.invalid', `${flag} ${text} is not a number from ${least} to ${most}.`, {
    hint: `For example ${flag} 0.01.`,
  });
}
