// What on the planner's page follows from a change, whoever made it.
import { get } from '../base/api.js';
import { startEvents } from '../base/events.js';
import { may, me } from '../base/session.js';
import { jurisdiction } from '../base/store.js';
import * as registry from './registry.js';
import { departments } from './people.js';

/**
 * @typedef {{id: string, object: string, name: string, class: string, kind: 'fields' | 'delete_edit' | 'edit_delete', base: number, actor: string, at: string, received_at: string,
 *   fields: {field: string, base: any, mine: any, theirs: any}[], resolved: {by: string, at: string, choice: string} | null}} Dispute
 */

/**
 * The conflicts that nobody has settled, for those who work here.
 * @type {registry.Resource<Dispute[]>}
 */
export const disputes = registry.resource(() => (jurisdiction.value && me.value && may('viewer') ? `${jurisdiction.value} ${me.value.id}` : null),
  async (signal) => (await get('/api/v1/conflicts', { jurisdiction: jurisdiction.peek(), open: 'true', limit: 1000 }, signal)).conflicts);

/** @param {Set<string>} nouns */
export function follow(nouns) {
  if (nouns.has('segment')) registry.segments.reload();
  if (['segment', 'project', 'entry'].some((noun) => nouns.has(noun))) registry.booked.value += 1;
  if (nouns.has('area')) registry.areas.reload();
  if (nouns.has('class')) registry.classes.reload();
  if (nouns.has('department')) departments.reload();
  if (nouns.has('conflict')) disputes.reload();
  if (nouns.has('asset') || nouns.has('class')) {
    registry.tilesAge.value += 1;
    registry.recount();
  }
}

/** Follows others' changes for as long as the page is open. */
export const startLive = () => startEvents(follow);
