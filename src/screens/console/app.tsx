import { useEffect } from 'preact/hooks';
import { LocationProvider } from 'preact-iso';
import { FirstStart } from './pages/first-start.tsx';
import { FirstStartHere } from './pages/first-start-here.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { useDoing } from './parts/doing.tsx';
import { Waiting } from './parts/page.tsx';
import { Problem } from './parts/problem.tsx';
import { lookAround } from './server.ts';
import { Shell } from './shell.tsx';
import { isAtTerminal, session, settingUp } from './state.ts';

/** The console: the first start, the sign-in page, or everything else. */
export function App() {
  const looking = useDoing(lookAround);
  useEffect(() => void looking.run(), []);
  const here = session.value;
  if (here === null) {
    return (
      <main class="door">
        {looking.error ? <Problem of={looking.error} /> : <Waiting />}
        {looking.error ? (
          <button type="button" onClick={() => looking.run()}>
            Try again
          </button>
        ) : null}
      </main>
    );
  }
  if (here.state === 'to-set-up' || settingUp.value !== null)
    return isAtTerminal.value ? <FirstStartHere /> : <FirstStart />;
  if (here.state === 'signed-out') return <SignIn />;
  return (
    <LocationProvider>
      <Shell />
    </LocationProvider>
  );
}
