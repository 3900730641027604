// The part of terra-draw that the program uses, as its documentation has it.
export type Position = [number, number];
export interface Feature { id?: string | number; type: 'Feature'; geometry: any; properties: Record<string, any> }
export interface PointerAt { lng: number; lat: number; containerX: number; containerY: number }
export interface Snapping { toCoordinate?: boolean; toLine?: boolean; toCustom?: (at: PointerAt) => Position | undefined }
export class TerraDraw {
  constructor(options: { adapter: any; modes: any[]; undoRedo?: { modeLevel?: any; sessionLevel?: any; keyboardShortcuts?: any } });
  start(): void;
  stop(): void;
  clear(): void;
  setMode(mode: string): void;
  addFeatures(features: Feature[]): { id?: string | number; valid: boolean; reason?: string }[];
  removeFeatures(ids: (string | number)[]): void;
  selectFeature(id: string | number): void;
  getSnapshot(): Feature[];
  undo(): boolean;
  redo(): boolean;
  canUndo(): boolean;
  canRedo(): boolean;
  clearUndoRedoHistory(): void;
  on(event: string, handler: (...args: any[]) => void): void;
}
export class TerraDrawSelectMode { constructor(options?: object) }
export class TerraDrawPointMode { constructor(options?: object) }
export class TerraDrawLineStringMode { constructor(options?: object) }
export class TerraDrawPolygonMode { constructor(options?: object) }
export class TerraDrawFreehandMode { constructor(options?: object) }
export class TerraDrawRenderMode { constructor(options?: object) }
export class TerraDrawModeUndoRedo { constructor(options?: object) }
export class TerraDrawSessionUndoRedo { constructor(options?: object) }
export class TerraDrawUndoRedoKeyboardShortcuts { constructor(options?: object) }
export class TerraDrawMapLibreGLAdapter { constructor(options: { map: any; prefixId?: string }) }
