import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { ownName } from '../state.ts';
import { Icon, type IconName } from './icon.tsx';

/** A page: what it is called, what can be done there, and what it shows. */
export function Page(props: {
  readonly title: string;
  /** One sentence under the title. */
  readonly says?: ComponentChildren;
  readonly actions?: ComponentChildren;
  /** Where it belongs to another page. */
  readonly back?: { readonly href: string; readonly to: string };
  readonly children: ComponentChildren;
}) {
  const { title, says, actions, back, children } = props;
  useEffect(() => {
    document.title = title === ownName.value ? title : `${title} · ${ownName.value}`;
  }, [title]);
  return (
    <main class="page" id="content">
      <header class="page-head">
        <div>
          {back && (
            <a class="back" href={back.href}>
              <Icon name="back" /> {back.to}
            </a>
          )}
          <h1>{title}</h1>
          {says && <p class="says">{says}</p>}
        </div>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </main>
  );
}

/** A part of a page. */
export function Card(props: {
  readonly title?: string;
  readonly actions?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}) {
  const { title, actions, children } = props;
  return (
    <section class={`card ${props.class ?? ''}`}>
      {(title || actions) && (
        <header class="card-head">
          {title && <h2>{title}</h2>}
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}

/** Nothing here yet, why, and what to do about it. */
export function Empty(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon name={props.icon} />
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

/** Something is on its way. */
export function Waiting({ children = 'One moment …' }: { readonly children?: ComponentChildren }) {
  return (
    <p class="waiting" aria-busy="true">
      {children}
    </p>
  );
}

/** What a state means: good, to be looked at, bad, or neither. */
export type Tone = 'good' | 'warn' | 'bad' | 'plain';

/** A state in one or two words. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** A few facts, each with its name. */
export function Facts({ of }: { readonly of: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
