// What was booked many entries at once, and undoing it as one, also long after.
import { useState } from 'preact/hooks';
import { get, send } from '../base/api.js';
import { html, Pending } from '../base/view.js';
import { number, t, time } from '../base/i18n.js';
import { fen, yuan } from '../base/money.js';
import { useDeed } from '../base/deed.js';
import { Confirm } from '../base/dialog.js';
import * as store from '../base/store.js';
import { useLedger } from './fetched.js';
import { actorName } from './people.js';
import * as registry from './registry.js';

/** @typedef {{op: string, at: string, by: string, entries: number, paid: string, committed: string, granted: string, undone: boolean}} Batch */

const bases = /** @type {const} */ (['paid', 'committed', 'granted']);

/** What a batch comes to, each basis for itself. @param {Batch} b */
const sums = (b) => bases.filter((basis) => fen(b[basis]) !== 0n).map((basis) => `${t(`basis.${basis}`)} ${yuan(fen(b[basis]))}`).join(' · ');

/** @param {{batch: Batch, close: () => void}} props */
function UndoBatch({ batch, close }) {
  const { act, busy, problem } = useDeed(async (op) => {
    await send('POST', `/api/v1/operations/${batch.op}/undo`, { jurisdiction: store.jurisdiction.peek() }, { op });
    registry.booked.value += 1;
    close();
  });
  return html`<${Confirm} title=${t('ledger.undo')} act=${() => act()} close=${close} verb=${t('ledger.undo')} busy=${busy} problem=${problem}>
    <p>${t('batch.undo.sure', { n: number(batch.entries), sums: sums(batch) })}</p><//>`;
}

export function Batches() {
  const [doomed, doom] = useState(/** @type {Batch | null} */ (null));
  const found = useLedger(store.jurisdiction.value && `${store.jurisdiction.value} batches`, async (signal) => /** @type {Batch[]} */ ((await get('/api/v1/investment/batches', { jurisdiction: store.jurisdiction.peek() }, signal)).batches));
  const list = found.data.value;
  if (!list) return html`<${Pending} problem=${found.problem.value} retry=${found.reload} waiting=${t('loading')} failed=${t('dossier.failed')} again=${t('retry')} />`;
  return html`<section class="batches"><h3>${t('batches')}</h3>
    ${list.length === 0 ? html`<p class="quiet">${t('batches.none')}</p>` : html`<table class="grid"><caption class="hidden">${t('batches')}</caption><thead><tr><th scope="col">${t('batch.at')}</th><th scope="col">${t('batch.by')}</th><th scope="col" class="numeric">${t('table.entries')}</th><th scope="col">${t('proof.sum')}</th><td></td></tr></thead>
      <tbody>${list.map((b) => html`<tr key=${b.op} data-batch=${b.op} class=${b.undone ? 'off' : ''}><th scope="row">${time(b.at)}</th><td>${actorName(b.by)}</td><td class="numeric">${number(b.entries)}</td><td>${sums(b)}</td>
        <td class="acts">${b.undone ? html`<span class="quiet">${t('batch.undone')}</span>` : html`<button class="link" onClick=${() => doom(b)}>${t('ledger.undo')}</button>`}</td></tr>`)}</tbody></table>`}
    ${doomed && html`<${UndoBatch} batch=${doomed} close=${() => doom(null)} />`}</section>`;
}
