// The part of maplibre-gl that the program uses, as its documentation has it.
export interface LngLat { lng: number; lat: number }
export interface Point { x: number; y: number }
export interface MapEvent {
  point: Point; lngLat: LngLat; preventDefault(): void; defaultPrevented: boolean;
  sourceId?: string; error?: Error & { status?: number }; originalEvent: MouseEvent;
}
export interface MapFeature { layer: { id: string }; properties: Record<string, any>; geometry: any }
export interface GeoJSONSource { setData(data: object): unknown }
export interface VectorTileSource { setTiles(urls: string[]): unknown }
export interface StyleImage { width: number; height: number; data: Uint8ClampedArray | Uint8Array }
export type Bounds = [number, number, number, number];
export class Map {
  constructor(options: Record<string, unknown>);
  on(event: string, handler: (e: MapEvent) => void): unknown;
  once(event: string, handler: (e: MapEvent) => void): unknown;
  off(event: string, handler: (e: MapEvent) => void): unknown;
  getSource(id: string): any;
  addSource(id: string, source: object): unknown;
  addLayer(layer: object, before?: string): unknown;
  getLayer(id: string): object | undefined;
  setPaintProperty(layer: string, name: string, value: unknown): unknown;
  setLayoutProperty(layer: string, name: string, value: unknown): unknown;
  setFilter(layer: string, filter: unknown): unknown;
  queryRenderedFeatures(area: Point | [[number, number], [number, number]], options: { layers: string[] }): MapFeature[];
  getCanvas(): HTMLCanvasElement;
  getContainer(): HTMLElement;
  getBounds(): { toArray(): [[number, number], [number, number]] };
  getCenter(): LngLat;
  getZoom(): number;
  fitBounds(bounds: Bounds, options?: object): unknown;
  flyTo(options: object): unknown;
  easeTo(options: object): unknown;
  jumpTo(options: object): unknown;
  project(at: LngLat | [number, number]): Point;
  zoomIn(): unknown;
  zoomOut(): unknown;
  resize(): unknown;
  redraw(): unknown;
  triggerRepaint(): void;
  remove(): void;
  isMoving(): boolean;
  areTilesLoaded(): boolean;
  addImage(id: string, image: StyleImage | ImageData, options?: object): unknown;
  removeImage(id: string): unknown;
  hasImage(id: string): boolean;
  setMissingStyleImageResolver(resolver: ((id: string) => Promise<any>) | null): unknown;
  doubleClickZoom: { enable(): void; disable(): void };
  keyboard: { enable(): void; disable(): void };
}
