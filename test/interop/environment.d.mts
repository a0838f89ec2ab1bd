export function environmentDirectory(): string;
export function isReady(directory: string): boolean;
