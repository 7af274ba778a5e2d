import { useState } from 'preact/hooks';
import type { RulesChecked, RulesTold, TextProblem } from '../../../console/answers/rules.ts';
import { Confirm } from '../parts/confirm.tsx';
import { useDoing } from '../parts/doing.tsx';
import { ExplainAccess } from '../parts/explain-access.tsx';
import { Icon } from '../parts/icon.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { Card, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { BesidesForm } from '../parts/rules/besides-form.tsx';
import type { NamedSection } from '../parts/rules/kinds.ts';
import { RuleForm } from '../parts/rules/rule-form.tsx';
import { RulesView } from '../parts/rules/rules-view.tsx';
import { TextEditor, TextProblems } from '../parts/text-editor.tsx';
import { instant } from '../parts/time.tsx';
import { ask } from '../server.ts';
import { mayAs, notice } from '../state.ts';

/** Who may pass where, and when. */
export function RulesPage() {
  const { value, error, again } = useLoaded<RulesTold>('/api/rules');
  if (value === null) {
    return (
      <Page title="Rules" says="Who may pass which terminals, and when.">
        {error ? <Problem of={error} /> : <Waiting />}
      </Page>
    );
  }
  return <Rules key={value.version} told={value} onPublished={again} />;
}

interface Draft {
  readonly text: string;
  /** What the text says, as far as it makes sense. */
  readonly rules: RulesTold['rules'];
  readonly problems: readonly TextProblem[];
}

/** What a form is open for: a rule with a name, a new one, or those without names. */
type Edited = { readonly section: NamedSection; readonly name: string | null } | 'besides';

function Rules({ told, onPublished }: { readonly told: RulesTold; readonly onPublished: () => void }) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [isText, setText] = useState(false);
  const [edited, setEdited] = useState<Edited | null>(null);
  const [isAsked, setAsked] = useState(false);
  const { rules, text, problems } = draft ?? { ...told, problems: [] };
  const mayChange = mayAs('administrator');
  const checking = useDoing(async () => {
    const checked = await ask<RulesChecked>('/api/rules/check', { method: 'POST', body: { text } });
    setDraft({ text, rules: checked.rules ?? rules, problems: checked.problems });
    return checked.problems.length === 0;
  });
  const intoDraft = (checked: RulesChecked) => {
    setDraft({ text: checked.text, rules: checked.rules ?? rules, problems: [] });
    setEdited(null);
  };
  const publish = async () => {
    const set = await ask<{ version: number; published: boolean }>('/api/rules', {
      method: 'PUT',
      body: { text, basedOn: told.version },
    });
    notice.value = {
      tone: set.published ? 'good' : 'warn',
      says: `Version ${set.version} of the rules is set.`,
      more: [
        set.published ? 'Terminals have it seconds later.' : 'Terminals have it as soon as the broker can be reached.',
      ],
      at: '/rules',
    };
    onPublished();
  };
  return (
    <Page
      title="Rules"
      says={
        told.setAt
          ? `Who may pass which terminals, and when. Version ${told.version}, since ${instant(told.setAt)}.`
          : 'Who may pass which terminals, and when. The hub has said nothing yet.'
      }
      actions={
        <button type="button" class="secondary outline" aria-pressed={isText} onClick={() => setText(!isText)}>
          <Icon name={isText ? 'rules' : 'events'} /> {isText ? 'Drawn' : 'As text'}
        </button>
      }
    >
      {draft && (
        <DraftBar isRight={problems.length === 0} onDiscard={() => setDraft(null)} onPublish={() => setAsked(true)} />
      )}
      {isText ? (
        <Card title="The rules as text">
          <Problem of={checking.error} />
          <TextEditor
            label="The rules, YAML"
            {...{ text, problems, readOnly: !mayChange }}
            onChange={(next) => setDraft({ text: next, rules, problems: [] })}
          />
          <TextProblems of={problems} />
          {mayChange && (
            <footer class="actions below">
              <button
                type="button"
                class="secondary outline"
                disabled={draft === null}
                aria-busy={checking.busy}
                onClick={() => checking.run()}
              >
                Check it
              </button>
              <span class="quiet">The keys of the section “access”; docs/access.md has each with an example.</span>
            </footer>
          )}
        </Card>
      ) : (
        <RulesView
          rules={rules}
          onEdit={mayChange ? (section, name) => setEdited({ section, name }) : undefined}
          onEditBesides={mayChange ? () => setEdited('besides') : undefined}
        />
      )}
      <ExplainAccess terminals={told.terminals} />
      {edited === 'besides' && <BesidesForm {...{ rules, onClose: () => setEdited(null), onDone: intoDraft }} />}
      {edited !== null && edited !== 'besides' && (
        <RuleForm {...{ ...edited, told: { ...told, rules } }} onClose={() => setEdited(null)} onDone={intoDraft} />
      )}
      {isAsked && (
        <Confirm
          {...{ title: 'Publish these rules?', verb: 'Publish', onClose: () => setAsked(false), act: publish }}
          says="They take the place of those before at every terminal. What a terminal’s own file contradicts, it refuses, and says so."
        />
      )}
    </Page>
  );
}

function DraftBar(props: {
  readonly isRight: boolean;
  readonly onDiscard: () => void;
  readonly onPublish: () => void;
}) {
  const { isRight, onDiscard, onPublish } = props;
  return (
    <div class={`notice ${isRight ? 'warn' : 'bad'}`} role="status">
      <Icon name="warn" />
      <div>
        <strong>
          {isRight ? 'A draft: no terminal knows of it yet.' : 'This draft cannot be published as it is.'}
        </strong>
      </div>
      <button type="button" class="small secondary outline" onClick={onDiscard}>
        Discard
      </button>
      <button type="button" class="small" disabled={!isRight} onClick={onPublish}>
        Publish
      </button>
    </div>
  );
}
