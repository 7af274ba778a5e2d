import '../kit/kit.css';
import './console.css';
import './pages.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme } from './theme.ts';

applyTheme();
render(<App />, document.body);
