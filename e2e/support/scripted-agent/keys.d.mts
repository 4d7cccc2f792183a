export type Key = { kind: string; text?: string };
export declare class KeyDecoder {
  push(chunk: Uint8Array): Key[];
  get pending(): boolean;
  flush(): Key[];
}
export declare class BurstDetector {
  char(now: number): void;
  swallowsEnter(now: number): boolean;
  reset(): void;
}
