import '../kit/kit.css';
import { render } from 'preact';

render(<main class="container" />, document.body);
