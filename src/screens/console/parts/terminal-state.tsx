import type { TerminalView } from '../../../console/answers/terminals.ts';
import { Badge, type Tone } from './page.tsx';

type DoorState = NonNullable<NonNullable<TerminalView['status']>['door']>;

const doors: Record<DoorState, readonly [Tone, string]> = {
  locked: ['plain', 'locked'],
  unlocking: ['good', 'unlocking'],
  unlocked: ['good', 'unlocked'],
  opened: ['good', 'open'],
  'held-open': ['warn', 'held open'],
  forced: ['bad', 'forced'],
  jammed: ['bad', 'jammed'],
  lockdown: ['bad', 'lockdown'],
  fault: ['bad', 'faulty'],
};

/** What its door does. */
export function DoorBadge({ of }: { readonly of: TerminalView }) {
  const door = of.status?.door ?? null;
  if (of.presence !== 'online') return <Badge tone="plain">not known</Badge>;
  if (door === null) return <Badge tone="plain">time clock</Badge>;
  const [tone, word] = doors[door] ?? ['plain', door];
  // Whatever it does otherwise: open in a lockdown is two things that somebody has to know.
  const isBesides = of.status?.lockdown === true && door !== 'lockdown';
  return (
    <>
      <Badge tone={tone}>{word}</Badge> {isBesides && <Badge tone="bad">lockdown</Badge>}
    </>
  );
}

/** What somebody should look after, in a word for a list, and as a fact. */
export const worryWords: Readonly<Record<TerminalView['worries'][number], readonly [string, string]>> = {
  'gallery-newer': ['gallery newer than the hub', 'the hub was restored from a backup: limen hub resume'],
  'no-pictures': ['no pictures', 'its camera gives no pictures'],
  slow: ['slow', 'it takes over two seconds to decide'],
  hot: ['hot', 'its processor is at 80 °C or more'],
  'disk-low': ['disk nearly full', 'its disk is nearly full'],
  'clock-unset': ['clock not set', 'not to be trusted: it has no time server'],
  'clock-off': ['clock wrong', 'its clock is not that of the hub'],
};

/** What somebody should look after. */
export function Worries({ of }: { readonly of: TerminalView }) {
  return (
    <span class="worries">
      {of.worries.map((worry) => (
        <span key={worry} title={worryWords[worry][1]}>
          <Badge tone="warn">{worryWords[worry][0]}</Badge>
        </span>
      ))}
    </span>
  );
}

/** Whether it is there. */
export function PresenceDot({ of }: { readonly of: TerminalView }) {
  const [tone, word] = presenceOf(of);
  return (
    <span class={`dot ${tone}`}>
      <span>{word}</span>
    </span>
  );
}

/** See {@link PresenceDot}, in words. */
export function presenceOf({ presence, revokedAt }: TerminalView): readonly [Tone, string] {
  if (revokedAt !== null) return ['plain', 'revoked'];
  if (presence === 'online') return ['good', 'online'];
  return presence === 'offline' ? ['bad', 'offline'] : ['plain', 'never seen'];
}

/** How its gallery stands to the hub's. */
export function GalleryBadge({ of }: { readonly of: TerminalView }) {
  if (of.status === null) return <span class="quiet">–</span>;
  const behind = of.headVersion - of.status.galleryVersion;
  if (of.worries.includes('gallery-newer')) return <Badge tone="warn">newer than the hub</Badge>;
  if (behind <= 0) return <Badge tone="good">up to date</Badge>;
  return (
    <Badge tone="warn">
      {behind} {behind === 1 ? 'change' : 'changes'} behind
    </Badge>
  );
}
