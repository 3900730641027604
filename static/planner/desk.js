// The pages over the map: which one is open, and who may see it.
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { page } from '../base/store.js';
import { ask, known, may, me } from '../base/session.js';
import { Accounts } from './accounts.js';
import { Catalogue } from './catalogue.js';
import { ClassPage } from './class_page.js';
import { CoveragePage } from './coverage.js';
import { Departments } from './departments.js';
import { Devices } from './devices.js';
import { Disputes } from './disputes.js';
import { Entries } from './entries.js';
import { Leaf } from './leaf.js';
import { Rescue } from './rescue.js';
import { Tokens } from './tokens.js';
import { Projects } from './project.js';
import { InvestmentTable } from './investment_table.js';
import { LedgerImport } from './ledger.js';

/** @type {Record<string, {admin: boolean, open?: boolean, least?: import('../base/session.js').Role, show: (props: {item: string}) => any}>} */
const pages = {
  accounts: { admin: true, show: Accounts },
  catalogue: { admin: true, show: (props) => (props.item ? html`<${ClassPage} key=${props.item} ...${props} />` : html`<${Catalogue} />`) },
  coverage: { admin: false, least: 'viewer', show: CoveragePage },
  departments: { admin: true, show: Departments },
  devices: { admin: false, least: 'planner', show: Devices },
  disputes: { admin: false, least: 'viewer', show: Disputes },
  entries: { admin: false, least: 'viewer', show: Entries },
  investment: { admin: false, open: true, show: InvestmentTable },
  ledger: { admin: false, least: 'planner', show: LedgerImport },
  projects: { admin: false, least: 'viewer', show: Projects },
  rescue: { admin: false, least: 'planner', show: Rescue },
  tokens: { admin: false, show: Tokens },
};

/** @param {{title: string, admin: boolean}} props */
function Barred({ title, admin }) {
  return html`<${Leaf} title=${title}><div class="pending failed barred">
    <${Icon} name="ui-lock" /><p><b>${t(me.value ? 'desk.barred' : 'desk.unknown')}</b><br />${t(admin ? 'desk.admin' : 'desk.signed')}</p>
    ${!me.value && html`<button class="button primary" onClick=${ask}>${t('login')}</button>`}
  </div><//>`;
}

export function Desk() {
  const [name, item = ''] = page.value.split(':');
  const found = pages[name];
  if (!found) return null;
  const allowed = found.open || (found.admin ? may('admin') : me.value !== null && (!found.least || may(found.least)));
  const Shown = found.show;
  return html`<section class="desk" id="desk" tabindex="-1" aria-label=${t(`page.${name}`)}>
    ${!known.value ? html`<p class="pending" role="status">${t('loading')}</p>` : allowed ? html`<${Shown} item=${item} />` : html`<${Barred} title=${t(`page.${name}`)} admin=${found.admin} />`}
  </section>`;
}
