import type { ShownPunch, View } from '../../kiosk/message.ts';
import { Icon } from './icons.tsx';
import { say, timeOf } from './store.ts';

/** What fills the screen: it is read from two metres away. */
interface Poster {
  readonly tone: 'grant' | 'deny' | 'advice' | 'stop';
  readonly icon: Parameters<typeof Icon>[0]['name'];
  readonly title: string;
  readonly text: string;
}

type Posted = Extract<View, { kind: 'granted' | 'punched' | 'denied' | 'not-chosen' | 'lockdown' | 'out-of-order' }>;

/** Whether a view fills the screen. */
export function isPosted(view: View): view is Posted {
  return ['granted', 'punched', 'denied', 'not-chosen', 'lockdown', 'out-of-order'].includes(view.kind);
}

/** A verdict, or why there can be none. */
export function Verdict({ view }: { readonly view: Posted }) {
  const { tone, icon, title, text } = posterOf(view);
  return (
    <section class={`poster poster-${tone}`} role="alert" data-view={view.kind}>
      <div class="said">
        <div class="badge">
          <Icon name={icon} />
        </div>
        <h1>{title}</h1>
        <p>{text}</p>
      </div>
      {view.kind === 'punched' && view.before.length > 0 && <Before punches={view.before} />}
    </section>
  );
}

function posterOf(view: Posted): Poster {
  switch (view.kind) {
    case 'granted':
      return { tone: 'grant', icon: 'grant', title: welcome(view.who), text: say('granted.text') };
    case 'punched': {
      const { punch, already, who } = view;
      const time = say(already ? 'punched.already' : 'punched.at', { time: timeOf(new Date(punch.at)) });
      const title = meaningOf(punch);
      return {
        tone: already ? 'advice' : 'grant',
        icon: punch.direction,
        title,
        text: who === null ? time : `${who} · ${time}`,
      };
    }
    case 'not-chosen':
      return { tone: 'advice', icon: 'wait', title: say('not-chosen.title'), text: say('not-chosen.text') };
    case 'denied': {
      const { advice } = view;
      const stranger = advice === 'not-admitted';
      const icon = stranger ? 'deny' : advice === 'wait-a-while' || advice === 'other-door-open' ? 'wait' : 'advice';
      return {
        tone: stranger ? 'deny' : 'advice',
        icon,
        title: say(`denied.${advice}.title`),
        text: say(`denied.${advice}.text`),
      };
    }
    case 'lockdown':
      return { tone: 'stop', icon: 'lock', title: say('lockdown.title'), text: say('lockdown.text') };
    case 'out-of-order': {
      const part = `out-of-order.${view.part}`;
      return { tone: 'stop', icon: 'broken', title: say(`${part}.title`), text: say(`${part}.text`) };
    }
  }
}

function welcome(who: string | null): string {
  return who === null ? say('granted.title') : say('granted.who', { who });
}

function meaningOf({ direction, work }: ShownPunch): string {
  const meaning = say(`punched.${direction}`);
  return work === undefined ? meaning : `${meaning}: ${work}`;
}

function Before({ punches }: { readonly punches: readonly ShownPunch[] }) {
  return (
    <div class="before">
      <h2>{say('punched.before')}</h2>
      <ol>
        {punches.map((punch) => (
          <li key={punch.at}>
            <Icon name={punch.direction} /> <span>{meaningOf(punch)}</span> <time>{timeOf(new Date(punch.at))}</time>
          </li>
        ))}
      </ol>
    </div>
  );
}
