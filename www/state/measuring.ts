import { Measuring } from '../tuning/measuring.svelte.ts';

/** Outlives the sheet: the labelled set is loaded once. */
export const measuring = new Measuring();
