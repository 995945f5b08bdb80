import { Renderer } from '../engine/renderer.ts';
import { EventList } from './events.svelte.ts';
import { FindingList } from './findings.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { Session } from './session.svelte.ts';
import { Settings } from './settings.svelte.ts';
import { Sigma } from './sigma.svelte.ts';

/** The one session of this page and what belongs to it. */
export const session = new Session();
export const selection = new Selection(session);
export const events = new EventList(session);
export const settings = new Settings();
export const findings = new FindingList(session, settings);
/** The matcher of Sigma rules comes when rules are chosen. */
export const sigma = new Sigma(session, async () => (await import('../engine/sigma.ts')).runSigma);
export const renderer = new Renderer();

selection.onChosen = () => events.show(null);
selection.onFound = (found) => events.show(found);
session.onRefreshed = () => selection.follow();
session.onSettled = () => findings.load();
settings.onChanged = () => findings.loadSoon();
findings.onLoaded = (all) => selection.refind(all);
