import { useEffect, useState } from 'preact/hooks';
import { Route, Router, useLocation } from 'preact-iso';
import type { LiveMessage } from '../../console/answers/live.ts';
import { useLive } from '../kit/live.ts';
import { takeProgress } from './import-shown.ts';
import { type PageOf, pagesOf } from './pages.tsx';
import { Icon, Mark } from './parts/icon.tsx';
import { OwnMenu } from './parts/own-menu.tsx';
import { Empty, Page } from './parts/page.tsx';
import { placeWords } from './place-words.ts';
import { lookAround } from './server.ts';
import {
  erasures,
  freshEvents,
  freshNames,
  heard,
  notice,
  opened,
  ownName,
  place,
  session,
  terminals,
} from './state.ts';

type Told<T extends LiveMessage['type']> = Extract<LiveMessage, { type: T }>;

/** How many events are kept while the page is open. */
const mostEvents = 200;

const listeners = {
  terminals: (message: Told<'terminals'>) => {
    terminals.value = message.terminals;
    // Each brings its newest with it.
    heard.value = new Map();
  },
  heard: ({ terminal, heard: now }: Told<'heard'>) => {
    heard.value = new Map(heard.value).set(terminal, now);
  },
  erasure: ({ erasure }: Told<'erasure'>) => {
    erasures.value = new Map(erasures.value).set(erasure.id, erasure);
  },
  import: ({ import: progress }: Told<'import'>) => takeProgress(progress),
  event: ({ event, names }: Told<'event'>) => {
    freshNames.value = { ...freshNames.value, ...names };
    freshEvents.value = [event, ...freshEvents.value].slice(0, mostEvents);
  },
};

/** The stream also ends with the session. */
const onLost = () => void lookAround().catch(() => {});

/** Navigation, and the page that the address names. */
export function Shell() {
  const here = session.value;
  const live = useLive('/api/live', listeners, onLost);
  useEffect(() => {
    opened.value = live.opened;
  }, [live.opened]);
  const { path } = useLocation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  const seen = pagesOf(place.value, here?.role ?? null);
  return (
    <div class="shell">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <nav class={`rail ${isOpen ? 'open' : ''}`} aria-label="Pages">
        <div class="brand">
          <Mark />
          <div>
            <strong>{ownName}</strong>
            <span>{here?.site}</span>
          </div>
          <button
            type="button"
            class="bare menu"
            aria-label="Pages"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="menu" />
          </button>
        </div>
        <Entries of={seen} />
        <OwnMenu />
      </nav>
      <div class="stage">
        {!live.isConnected && (
          <output class="notice warn offline">
            <Icon name="warn" />
            <div>
              <strong>{placeWords().noAnswer}</strong> What you see may be old; this page tries again by itself.
            </div>
          </output>
        )}
        <Notice />
        <Router>
          {seen.map(({ path, component }) => (
            <Route key={path} path={path} component={component} />
          ))}
          <Route default component={NotHere} />
        </Router>
      </div>
    </div>
  );
}

function Entries({ of }: { readonly of: readonly PageOf[] }) {
  const { path } = useLocation();
  const isCurrent = (to: string) => (to === '/' ? path === '/' || path.startsWith('/terminals') : path.startsWith(to));
  return (
    <ul>
      {of.map(
        ({ path: to, entry }) =>
          entry && (
            <li key={to}>
              <a href={to} aria-current={isCurrent(to) ? 'page' : undefined}>
                <Icon name={entry.icon} />
                <span>{entry.name}</span>
                <Marked as={entry.mark?.() ?? null} />
              </a>
            </li>
          ),
      )}
    </ul>
  );
}

function Marked({ as }: { readonly as: string | null }) {
  return as === null ? null : <span class="marked">{as}</span>;
}

function NotHere() {
  return (
    <Page title="There is no such page">
      <Empty icon="search" title="Nothing is at this address, or not for you">
        <p>
          <a href="/">{placeWords().toFirstPage}</a>
        </p>
      </Empty>
    </Page>
  );
}

/** What was done on the page before. */
function Notice() {
  const said = notice.value;
  const { path } = useLocation();
  if (said === null || said.at !== path) return null;
  return (
    <div class="said">
      <output class={`notice ${said.tone}`}>
        <Icon name={said.tone === 'good' ? 'check' : 'warn'} />
        <div>
          <strong>{said.says}</strong>
          {said.more.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
        <button
          type="button"
          class="bare"
          aria-label="Close"
          onClick={() => {
            notice.value = null;
          }}
        >
          <Icon name="cross" />
        </button>
      </output>
    </div>
  );
}
