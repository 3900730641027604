// What on the planner's page follows from a change, whoever made it.
import { startEvents } from '../base/events.js';
import * as registry from './registry.js';
import { departments } from './people.js';

/** @param {Set<string>} nouns */
export function follow(nouns) {
  if (nouns.has('segment')) { registry.segments.reload(); registry.booked.value += 1; }
  if (nouns.has('area')) registry.areas.reload();
  if (nouns.has('class')) registry.classes.reload();
  if (nouns.has('department')) departments.reload();
  if (nouns.has('asset') || nouns.has('class')) {
    registry.tilesAge.value += 1;
    registry.recount();
  }
}

/** Follows others' changes for as long as the page is open. */
export const startLive = () => startEvents(follow);
