// The planner's page: its parts and its keys.
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { html, Icon, symbols } from '../base/view.js';
import { t } from '../base/i18n.js';
import { drawer, selected, startStore } from '../base/store.js';
import { offline, retryAll, startRegistry } from './registry.js';
import { Topbar } from './topbar.js';
import { Layers } from './layers.js';
import { Overview } from './overview.js';
import { Sheet } from './sheet.js';
import { Stage } from './stage.js';

function Offline() {
  if (!offline.value) return null;
  return html`<div class="offline" role="status">
    <${Icon} name="ui-offline" /><span>${t('offline.message')}</span>
    <button class="link" onClick=${retryAll}>${t('retry')}</button>
  </div>`;
}

function Page() {
  useEffect(() => {
    const keys = (/** @type {KeyboardEvent} */ e) => {
      const typing = e.target instanceof HTMLElement && e.target.matches('input, select, textarea');
      if (e.key === '/' && !typing && !e.ctrlKey && !e.metaKey && !e.altKey) {
        e.preventDefault();
        document.getElementById('search')?.focus();
      }
      if (e.key !== 'Escape' || e.defaultPrevented || typing) return;
      if (drawer.value) drawer.value = false;
      else selected.value = null;
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  }, []);
  return html`
    <a class="skip" href="#panel" onClick=${(/** @type {Event} */ e) => { e.preventDefault(); document.getElementById('panel')?.focus(); }}>${t('skip')}</a>
    <${Topbar} />
    <${Offline} />
    <main class="planner">
      <${Layers} />
      <${Stage} />
      <${Sheet}>${selected.value ? null : html`<${Overview} />`}<//>
    </main>`;
}

const app = /** @type {HTMLElement} */ (document.getElementById('app'));
await startStore();
startRegistry();
symbols();
render(html`<${Page} />`, app);
