import { Renderer } from '../engine/renderer.ts';
import { EventList } from './events.svelte.ts';
import { FindingList } from './findings.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { Session } from './session.svelte.ts';
import { Settings } from './settings.svelte.ts';
import { type RunSigma, Sigma } from './sigma.svelte.ts';

/** The one session of this page and what belongs to it. */
export const session = new Session();
export const selection = new Selection(session);
export const events = new EventList(session);
export const settings = new Settings();
export const findings = new FindingList(session, settings);
/** The engine for Sigma rules comes when rules are chosen; a page built without it has no section for them. */
const [sigmaEngine] = Object.values(import.meta.glob<{ runSigma: RunSigma }>('../engine/sigma.ts'));
export const sigma = new Sigma(session, sigmaEngine ? async () => (await sigmaEngine()).runSigma : null);
export const renderer = new Renderer();

selection.onChosen = () => events.show(null);
selection.onFound = (found) => events.show(found);
session.onRefreshed = () => selection.follow();
session.onSettled = () => findings.load();
settings.onChanged = () => findings.loadSoon();
findings.onLoaded = (all) => selection.refind(all);
