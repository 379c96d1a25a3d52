import './shared/language.ts';
import { render } from 'preact';
import { App } from './app.tsx';
import { takeToken } from './shared/data.ts';

takeToken();
// The address of a new start may be pasted into an open tab.
addEventListener('hashchange', takeToken);
render(<App />, document.body);
