// Whether money is being entered, and in which form: the form takes the place of
// the right panel, so that the map beside it can be pointed at.
import { useEffect, useState } from 'preact/hooks';
import { batch, effect, signal } from '@preact/signals';
import { html, Pending } from '../base/view.js';
import { t } from '../base/i18n.js';
import { page, selected, tab, tool, turnTo } from '../base/store.js';

/** @typedef {{form: 'entry', project: string} | {form: 'project' | 'rule', project: import('./project.js').Project | null}} Form */

/** The form that is open, and the page to go back to. */
export const entering = signal(/** @type {(Form & {back: string}) | null} */ (null));

// Another tab or tool takes the panel; an entry that was begun is kept by its form.
effect(() => { if ((tab.value !== 'investment' || tool.value !== '') && entering.peek()) entering.value = null; });

/** @param {Form} form */
export function enter(form) {
  batch(() => {
    const back = page.peek();
    if (tab.peek() !== 'investment') turnTo('investment');
    entering.value = { ...form, back };
    selected.value = null;
    tool.value = '';
    page.value = '';
  });
}

/** Ends the form and goes back to where it was opened. */
export function leave() {
  batch(() => {
    page.value = entering.peek()?.back ?? '';
    entering.value = null;
  });
}

/** The right panel while money is entered; fetched when it is first needed. */
export function EnteringPanel() {
  const [forms, setForms] = useState(/** @type {typeof import('./later.js') | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Error | null} */ (null));
  const load = () => {
    setProblem(null);
    import('./later.js').then(setForms, setProblem);
  };
  useEffect(load, []);
  if (forms) return html`<${forms.MoneyForm} />`;
  return html`<${Pending} problem=${problem} retry=${load} waiting=${t('loading')} failed=${t('sheet.failed')} again=${t('retry')} />`;
}
