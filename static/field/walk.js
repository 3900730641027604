// Walks: a track, and sides of a segment that were walked and are all fine.
import { html } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { place, segmentOf } from './pack.js';
import { say, spot } from './screen.js';
import { takeBack } from './tag.js';
import { walked } from './tagging.js';
import { metres, startTrack, stopTrack, tracking } from './track.js';

/** The segment where one stands, or undefined. */
function here() {
  const at = spot.value;
  return segmentOf(at ? place.value(at.position).segment : null);
}

/** @param {any} on the segment @param {'left' | 'right'} side */
async function fine(on, side) {
  const { op } = await walked(on.id, side);
  say(t('field.walked'), { undo: () => takeBack(op) });
}

/** One tap a side. @param {{on: any}} props */
const Sides = ({ on }) => html`<div class="pair">${/** @type {const} */ (['left', 'right']).map((side) => html`<button key=${side} class="button big" id=${`walked-${side}`} disabled=${!on} onClick=${() => fine(on, side)}>${t(`field.walked.${side}`)}</button>`)}</div>`;

const Track = () => html`<button class="button big" id="track" aria-pressed=${tracking.value} onClick=${tracking.value ? stopTrack : startTrack}>${tracking.value ? t('field.track.stop', { m: number(metres.value) }) : t('field.track.start')}</button>`;

/** On the map's screen while a walk goes on. */
export function WalkBar() {
  const on = here();
  return html`<div class="walk-bar"><p class="where">${on ? on.properties.name || on.properties.road : t('field.offroad')}</p><${Sides} on=${on} /><${Track} /></div>`;
}

export function WalkBlock() {
  const on = here();
  return html`<section class="card block"><h2>${t('field.walk')}</h2><p>${on ? on.properties.name || on.properties.road : t('field.offroad')}</p><${Sides} on=${on} /><${Track} /></section>`;
}
