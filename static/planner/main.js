// The planner's page: its parts and its keys.
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { html, Icon, symbols } from '../base/view.js';
import { t } from '../base/i18n.js';
import { drawer, page, selected, startStore, tab, tool, vs } from '../base/store.js';
import { startSession } from '../base/session.js';
import { begun } from './opening.js';
import { offline, retryAll, startRegistry } from './registry.js';
import { Topbar } from './topbar.js';
import { Layers } from './layers.js';
import { Overview } from './overview.js';
import { InvestmentPanel } from './investment.js';
import { Sheet } from './sheet.js';
import { Stage } from './stage.js';
import { Login, useLoginPage } from './login.js';
import { NoPlace } from './person.js';
import { Pages } from './pages.js';
import { AddPanel } from './add.js';
import { BulkPanel } from './bulk.js';
import { ComparePanel } from './compare.js';
import { startLive } from './live.js';
import { UndoToast } from './toast.js';
import { PaperHead } from './print.js';
import { backOut } from './drawing.js';
import { entering, EnteringPanel } from './entering.js';

function Offline() {
  if (!offline.value) return null;
  return html`<div class="offline" role="status">
    <${Icon} name="ui-offline" /><span>${t('offline.message')}</span>
    <button class="link" onClick=${retryAll}>${t('retry')}</button>
  </div>`;
}

/** What the right panel shows when nothing is chosen. */
function Panel() {
  if (entering.value) return html`<${EnteringPanel} />`;
  if (tool.value === 'add') return html`<${AddPanel} />`;
  if (tool.value === 'bulk') return html`<${BulkPanel} />`;
  if (vs.value) return html`<${ComparePanel} />`;
  if (tab.value === 'investment') return html`<${InvestmentPanel} />`;
  return html`<${Overview} />`;
}

function Page() {
  useEffect(() => {
    const keys = (/** @type {KeyboardEvent} */ e) => {
      const typing = e.target instanceof HTMLElement && e.target.matches('input, select, textarea');
      if (e.key === '/' && !typing && !e.ctrlKey && !e.metaKey && !e.altKey) {
        e.preventDefault();
        document.getElementById('search')?.focus();
      }
      // What lies in front closes by itself.
      const inFront = document.querySelector('dialog[open], :popover-open');
      if (e.key !== 'Escape' || e.defaultPrevented || typing || inFront) return;
      if (drawer.value) drawer.value = false;
      else if (page.value) page.value = '';
      else if (tool.value === 'add' || tool.value === 'bulk') backOut();
      else selected.value = null;
    };
    addEventListener('keydown', keys);
    return () => removeEventListener('keydown', keys);
  }, []);
  const login = useLoginPage();
  if (login) return login;
  return html`
    <a class="skip" href="#panel" onClick=${(/** @type {Event} */ e) => { e.preventDefault(); document.getElementById(page.value ? 'desk' : 'panel')?.focus(); }}>${t('skip')}</a>
    <${Topbar} /><${PaperHead} />
    <${Offline} />
    <main class="planner" inert=${page.value !== ''}>
      <${Layers} />
      <${Stage} />
      <${Sheet}>${selected.value && !entering.value ? null : html`<${Panel} />`}<//>
    </main>
    <${UndoToast} />
    <${NoPlace} />
    <${Pages} />
    <${Login} />`;
}

const patience = 400; // ms

const app = /** @type {HTMLElement} */ (document.getElementById('app'));
await startStore();
const greeting = startSession(begun('session'));
startRegistry();
startLive();
symbols();
// Whoever must sign in first need not see an empty map before it.
await Promise.race([greeting, new Promise((resolve) => { setTimeout(resolve, patience); })]);
render(html`<${Page} />`, app);
