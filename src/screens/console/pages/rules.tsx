import { useState } from 'preact/hooks';
import type { RulesChecked, RulesTold } from '../../../console/answers/rules.ts';
import { RefusedError } from '../../kit/api.ts';
import { Confirm } from '../parts/confirm.tsx';
import { useDoing } from '../parts/doing.tsx';
import { ExplainAccess } from '../parts/explain-access.tsx';
import { Whereabouts } from '../parts/forget-everybody.tsx';
import { Icon } from '../parts/icon.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { Card, Page, Waiting } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { BesidesForm } from '../parts/rules/besides-form.tsx';
import { DraftBar } from '../parts/rules/draft-bar.tsx';
import type { NamedSection } from '../parts/rules/kinds.ts';
import { RuleForm } from '../parts/rules/rule-form.tsx';
import { RulesView } from '../parts/rules/rules-view.tsx';
import { TextEditor, TextProblems } from '../parts/text-editor.tsx';
import { instant } from '../parts/time.tsx';
import { dropRulesDraft, keepRulesDraft, type RulesDraft, rulesDraft } from '../rules-draft.ts';
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
  return <Rules key={value.version} told={value} again={again} />;
}

/** What a form is open for: a rule with a name, a new one, or those without names. */
type Edited = { readonly section: NamedSection; readonly name: string | null } | 'besides';

function Rules({ told, again }: { readonly told: RulesTold; readonly again: () => void }) {
  const isAdministrator = mayAs('administrator');
  const draft = isAdministrator ? rulesDraft.value : null;
  const [isFound] = useState(draft !== null);
  const [isAside, setAside] = useState(false);
  const [isText, setText] = useState(draft !== null && !draft.isRead);
  const [edited, setEdited] = useState<Edited | null>(null);
  const [isAsked, setAsked] = useState(false);
  const { rules, text, problems } = draft === null || isAside ? { ...told, problems: [] } : draft;
  const mayChange = isAdministrator && !isAside;
  const put = (next: Omit<RulesDraft, 'basedOn'>) =>
    keepRulesDraft({ basedOn: draft?.basedOn ?? told.version, ...next });
  const checking = useDoing(async (onRight?: () => void) => {
    const checked = await ask<RulesChecked>('/api/rules/check', { method: 'POST', body: { text } });
    const isRead = checked.rules !== null;
    put({ text, rules: checked.rules ?? rules, isRead, problems: checked.problems });
    if (isRead) onRight?.();
  });
  const intoDraft = (checked: RulesChecked) => {
    put({ text: checked.text, rules: checked.rules ?? rules, isRead: true, problems: [] });
    setEdited(null);
  };
  const turn = () => {
    // A form would go by the rules of before, and undo what was typed.
    if (isText && draft !== null && !draft.isRead && !isAside) void checking.run(() => setText(false));
    else setText(!isText);
  };
  const publish = async () => {
    if (draft === null) return;
    const body = { text: draft.text, basedOn: draft.basedOn };
    const set = await ask<{ version: number; published: boolean }>('/api/rules', { method: 'PUT', body }).catch(
      (error) => {
        if (!(error instanceof RefusedError) || error.code !== 'access.rules-changed') throw error;
        return null;
      },
    );
    // Somebody was faster: what they published is shown, and the draft stays.
    if (set === null) return again();
    dropRulesDraft();
    notice.value = {
      tone: set.published ? 'good' : 'warn',
      says: `Version ${set.version} of the rules is set.`,
      more: [
        set.published ? 'Terminals have it seconds later.' : 'Terminals have it as soon as the broker can be reached.',
      ],
      at: '/rules',
    };
    again();
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
        <button type="button" class="secondary outline" aria-pressed={isText} aria-busy={checking.busy} onClick={turn}>
          <Icon name={isText ? 'rules' : 'events'} /> {isText ? 'Drawn' : 'As text'}
        </button>
      }
    >
      {draft && (
        <DraftBar
          {...{ draft, version: told.version, isFound, isAside, onAside: setAside }}
          onDiscard={() => {
            dropRulesDraft();
            setAside(false);
          }}
          onRebase={() => keepRulesDraft({ ...draft, basedOn: told.version })}
          onPublish={() => setAsked(true)}
        />
      )}
      {isText ? (
        <Card title="The rules as text">
          <Problem of={checking.error} />
          <TextEditor
            label="The rules, YAML"
            {...{ text, problems, readOnly: !mayChange }}
            onChange={(next) => put({ text: next, rules, isRead: false, problems: [] })}
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
          whereabouts={told.rules.antiPassback !== undefined && mayAs('operator') && <Whereabouts />}
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
