// The pages over the map, fetched when the first of them is opened: most people
// never do.
import { useEffect, useState } from 'preact/hooks';
import { html, Pending } from '../base/view.js';
import { t } from '../base/i18n.js';
import { page } from '../base/store.js';

export function Pages() {
  const [desk, setDesk] = useState(/** @type {{Desk: () => any} | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Error | null} */ (null));
  const wanted = page.value !== '';
  const load = () => {
    setProblem(null);
    import('./later.js').then(setDesk, setProblem);
  };
  useEffect(() => { if (wanted && !desk) load(); }, [wanted]);
  if (!wanted) return null;
  if (desk) return html`<${desk.Desk} />`;
  return html`<section class="desk" id="desk" tabindex="-1" aria-label=${t('loading')}>
    <${Pending} problem=${problem} retry=${load} waiting=${t('loading')} failed=${t('sheet.failed')} again=${t('retry')} /></section>`;
}
