import { useState } from 'preact/hooks';
import type { RulesDraft } from '../../rules-draft.ts';
import { Confirm } from '../confirm.tsx';
import { Icon } from '../icon.tsx';

/** What is asked before it is done. */
type Asked = 'discard' | 'go-on';

/** There are changes that were not published, and what can be done with them. */
export function DraftBar(props: {
  readonly draft: RulesDraft;
  /** Of the rules in force. */
  readonly version: number;
  /** It was here when the page was opened. */
  readonly isFound: boolean;
  /** The rules in force are shown, not the draft. */
  readonly isAside: boolean;
  readonly onAside: (isAside: boolean) => void;
  readonly onDiscard: () => void;
  /** From now on it is a change of the rules in force. */
  readonly onRebase: () => void;
  readonly onPublish: () => void;
}) {
  const { draft, version, isFound, isAside, onAside, onDiscard, onRebase, onPublish } = props;
  const [asked, setAsked] = useState<Asked | null>(null);
  const isOvertaken = draft.basedOn !== version;
  const isRight = draft.problems.length === 0;
  const close = () => setAsked(null);
  return (
    <>
      <div class={`notice ${isRight && !isOvertaken ? 'warn' : 'bad'}`} role="status">
        <Icon name="warn" />
        <div>
          <strong>{headOf({ isOvertaken, isRight, isFound, version })}</strong>
          <p>
            {isOvertaken
              ? `This draft was begun on ${named(draft.basedOn)}, and would undo what somebody else has changed since. Look at what is in force now, then go on from there or discard the draft.`
              : `Begun on ${named(draft.basedOn)}, which is in force. It is kept until it is published, discarded, or you sign out.`}
          </p>
        </div>
        <button type="button" class="small secondary outline" aria-pressed={isAside} onClick={() => onAside(!isAside)}>
          {isAside ? 'Back to the draft' : 'See what is in force'}
        </button>
        <button type="button" class="small secondary outline" onClick={() => setAsked('discard')}>
          Discard
        </button>
        {isOvertaken ? (
          <button type="button" class="small" onClick={() => setAsked('go-on')}>
            Go on from version {version}
          </button>
        ) : (
          <button type="button" class="small" disabled={!isRight || isAside} onClick={onPublish}>
            Publish
          </button>
        )}
      </div>
      {asked === 'discard' && (
        <Confirm
          {...{ title: 'Discard the draft?', verb: 'Discard it', danger: true, onClose: close }}
          says="What you changed is thrown away. The rules in force stay as they are."
          act={async () => onDiscard()}
        />
      )}
      {asked === 'go-on' && (
        <Confirm
          {...{ title: `Go on from version ${version}?`, verb: 'Go on', onClose: close }}
          says={`The draft stays as it is. Once it is published, it takes the place of version ${version} as a whole: what is in there and not in your draft is lost.`}
          act={async () => onRebase()}
        />
      )}
    </>
  );
}

function headOf(is: {
  readonly isOvertaken: boolean;
  readonly isRight: boolean;
  readonly isFound: boolean;
  readonly version: number;
}): string {
  if (is.isOvertaken) return `Somebody has published version ${is.version} since.`;
  if (!is.isRight) return 'This draft cannot be published as it is.';
  return is.isFound ? 'You have changes that nobody has yet.' : 'A draft: no terminal knows of it yet.';
}

function named(version: number): string {
  return version === 0 ? 'no rules at all' : `version ${version}`;
}
