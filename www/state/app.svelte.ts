import { Renderer } from '../engine/renderer.ts';
import { EventList } from './events.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { Session } from './session.svelte.ts';

/** The one session of this page and what belongs to it. */
export const session = new Session();
export const selection = new Selection(session);
export const events = new EventList(session);
export const renderer = new Renderer();

selection.onChosen = () => events.show(null);
session.onRefreshed = () => selection.follow();
