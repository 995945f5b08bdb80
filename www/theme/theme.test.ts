import { expect, it } from 'vitest';
import { appearance, parseTheme } from './theme.svelte.ts';

it('takes a kept theme or falls back to the system', () => {
  expect([null, 'dark', 'light', 'auto', 'x'].map(parseTheme)).toEqual([
    'auto',
    'dark',
    'light',
    'auto',
    'auto',
  ]);
});

it('marks the document, and keeps the choice', () => {
  appearance.set('dark');
  expect(document.documentElement.dataset.theme).toBe('dark');
  expect(localStorage.getItem('logonscope.theme')).toBe('dark');
  appearance.next();
  expect(appearance.theme).toBe('auto');
  expect(document.documentElement.dataset.theme).toBeUndefined();
});
