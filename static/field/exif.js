// What a camera wrote into a JPEG about where it was.

/**
 * The position in a JPEG's EXIF, [longitude, latitude]; none where there is
 * none or where it makes no sense.
 * @param {ArrayBuffer} bytes
 * @returns {{position?: [number, number]}}
 */
export function exif(bytes) {
  try {
    return at(new DataView(bytes));
  } catch (cause) {
    if (cause instanceof RangeError) return {}; // it ends before what it announces
    throw cause;
  }
}

/** @param {DataView} file */
function at(file) {
  if (file.getUint16(0) !== 0xffd8) return {};
  for (let p = 2; file.getUint8(p) === 0xff;) {
    const [marker, size] = [file.getUint8(p + 1), file.getUint16(p + 2)];
    if (marker === 0xe1 && file.getUint32(p + 4) === 0x45786966) return inside(new DataView(file.buffer, p + 10, size - 8)); // "Exif"
    if (marker === 0xda) return {}; // the picture begins
    p += 2 + size;
  }
  return {};
}

/** @param {DataView} tiff */
function inside(tiff) {
  const little = tiff.getUint16(0) === 0x4949;
  const gps = entries(tiff, tiff.getUint32(4, little), little).get(0x8825);
  if (!gps) return {};
  const found = entries(tiff, tiff.getUint32(gps, little), little);
  const [lat, lon] = [degrees(tiff, found, 2, 'S', little), degrees(tiff, found, 4, 'W', little)];
  const good = lat !== undefined && lon !== undefined && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat !== 0 || lon !== 0);
  return good ? { position: /** @type {[number, number]} */ ([lon, lat].map((v) => Math.round(v * 1e7) / 1e7)) } : {};
}

/** Where the value of each tag of a directory stands. @param {DataView} tiff @param {number} start @param {boolean} little */
function entries(tiff, start, little) {
  const found = /** @type {Map<number, number>} */ (new Map());
  for (let i = 0; i < tiff.getUint16(start, little); i++) found.set(tiff.getUint16(start + 2 + 12 * i, little), start + 10 + 12 * i);
  return found;
}

/**
 * Three fractions, with the hemisphere in the tag before them.
 * @param {DataView} tiff @param {Map<number, number>} found @param {number} tag @param {'S' | 'W'} negative @param {boolean} little
 */
function degrees(tiff, found, tag, negative, little) {
  const [side, value] = [found.get(tag - 1), found.get(tag)];
  if (side === undefined || value === undefined) return undefined;
  const start = tiff.getUint32(value, little);
  const [d, m, s] = [0, 8, 16].map((o) => tiff.getUint32(start + o, little) / tiff.getUint32(start + o + 4, little));
  const sum = d + m / 60 + s / 3600;
  if (!Number.isFinite(sum)) return undefined;
  return tiff.getUint8(side) === negative.charCodeAt(0) ? -sum : sum;
}
